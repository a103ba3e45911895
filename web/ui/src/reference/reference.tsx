// The Words view: what the language offers, made from what the server says about itself.

import { useEffect, useMemo } from 'preact/hooks';
import { ViewLink } from '../app/link.tsx';
import type { Keyboard } from '../app/keys.ts';
import { formatSearch, type Location } from '../app/location.ts';
import type { StackValue } from '../api/analyze.ts';
import { exampleSearch } from '../explore/state.ts';
import { StackChips } from '../explore/wordhelp.tsx';
import { OutageBanner } from '../ui/banner.tsx';
import { shortLabel } from '../ui/text.ts';
import { about, anchorOf, type Chapter, countWords, filterChapters, type Word } from './chapters.ts';
import type { ReferenceModel } from './model.ts';

export function Reference({ model, location, keyboard }: { model: ReferenceModel; location: Location; keyboard: Keyboard }) {
  useEffect(() => {
    model.load();
    return model.rest;
  }, [model]);
  useEffect(() => keyboard.listen({ '/': () => document.getElementById('filter')?.focus() }), [keyboard]);
  const params = new URLSearchParams(location.at.value.search);
  const filter = params.get('filter') ?? '';
  const asked = (params.get('word') ?? '').replace(/^:/, '');
  const chapters = model.chapters.value;
  const outage = model.outage.value;
  const setFilter = (text: string): void => location.go('reference', formatSearch(text === '' ? [] : [['filter', text]]), { replace: true });
  return (
    <main class="reference">
      {outage && <OutageBanner outage={outage} stale={chapters !== undefined} onRetry={model.load} />}
      {model.error.value !== '' && <p class="critical" role="alert">{shortLabel(model.error.value, 500)}</p>}
      <div class="row">
        <h1>Words</h1>
        <label class="filter push-right">
          <span class="visually-hidden">Filter words</span>
          <input id="filter" type="search" placeholder="part of a name, type or text" value={filter} onInput={(e) => setFilter(e.currentTarget.value)} />
        </label>
      </div>
      <p class="meta">A program is read from left to right: text is put on a stack, a word takes values from its top and puts others there. A signature shows both: what it takes <code>--</code> what it leaves, the top last.</p>
      {chapters && <Chapters chapters={chapters} filter={filter} asked={asked} location={location} />}
    </main>
  );
}

interface ChaptersProps {
  chapters: readonly Chapter[];
  filter: string;
  /** The word that the link is about, or empty. */
  asked: string;
  location: Location;
}

function Chapters({ chapters, filter, asked, location }: ChaptersProps) {
  const shown = useMemo(() => filterChapters(chapters, filter), [chapters, filter]);
  const found = asked === '' ? undefined : chapters.flatMap((c) => c.words).find((w) => w.name === asked);
  useEffect(() => {
    if (!found) return;
    const place = document.getElementById(anchorOf(found));
    place?.scrollIntoView({ block: 'start' });
    place?.focus({ preventScroll: true });
  }, [found]);
  return (
    <>
      <p class="status" role="status">
        <span class="meta">{countWords(shown)} of {countWords(chapters)} words</span>
        {asked !== '' && !found && <span class="critical">There is no word :{shortLabel(asked, 60)}</span>}
      </p>
      <nav class="row" aria-label="Vocabularies">
        {shown.map(({ vocabulary, words }) => (
          <span key={vocabulary}><a href={`#vocabulary-${vocabulary}`}>{shortLabel(vocabulary)}</a> <span class="meta">{words.length}</span></span>
        ))}
      </nav>
      {shown.map((chapter) => (
        <section key={chapter.vocabulary} aria-labelledby={`vocabulary-${chapter.vocabulary}`}>
          <h2 id={`vocabulary-${chapter.vocabulary}`}>{shortLabel(chapter.vocabulary)}</h2>
          <p class="meta">{about[chapter.vocabulary]}</p>
          <div class="word-entries">
            {chapter.words.map((word) => <Entry key={word.name} word={word} marked={word.name === asked} location={location} />)}
          </div>
        </section>
      ))}
    </>
  );
}

/** A link to its chart, or, for what cannot be drawn, what it leaves on the stack. */
function Example({ text, stack, location }: { text: string; stack: readonly StackValue[] | undefined; location: Location }) {
  const code = <code>{shortLabel(text, 400)}</code>;
  if (!stack) return <ViewLink location={location} view="explore" search={exampleSearch(text)}>{code}</ViewLink>;
  return <>{code} <span class="meta">leaves</span> {stack.length > 0 ? <StackChips values={stack} /> : <span class="meta">nothing</span>}</>;
}

function Entry({ word, marked, location }: { word: Word; marked: boolean; location: Location }) {
  return (
    <article class={marked ? 'word-entry marked' : 'word-entry'} id={anchorOf(word)} tabIndex={-1} aria-labelledby={`${anchorOf(word)}-name`}>
      <h3 id={`${anchorOf(word)}-name`}>
        <ViewLink location={location} view="reference" search={formatSearch([['word', word.name]])} current={marked}>
          <code>:{shortLabel(word.name)}</code>
        </ViewLink>
      </h3>
      {word.definitions.map((d, i) => (
        <div key={i}>
          <p><code>{shortLabel(d.signature)}</code></p>
          <p>
            {shortLabel(d.summary, 500)}
            {d.deprecated !== '' && <strong class="warning"> Deprecated: {shortLabel(d.deprecated)}.</strong>}
            {d.unstable && <strong class="warning"> Unstable: it may change.</strong>}
          </p>
          {d.examples.length > 0 && (
            <ul class="examples" aria-label={`Examples of ${word.name}`}>
              {d.examples.map((example) => (
                <li key={example}><Example text={example} stack={d.stacks.get(example)} location={location} /></li>
              ))}
            </ul>
          )}
        </div>
      ))}
    </article>
  );
}
