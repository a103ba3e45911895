// The query box: a text area over a copy of its text in which the word that the server stopped at is marked.

import { useEffect, useRef, useState } from 'preact/hooks';
import { shortLabel } from '../ui/text.ts';
import type { Failure } from './model.ts';
import { markedSpan } from './span.ts';

export interface QueryBoxProps {
  q: string;
  failure: Failure | undefined;
  onRun(q: string): void;
}

export function QueryBox({ q, failure, onRun }: QueryBoxProps) {
  const [draft, setDraft] = useState(q);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => setDraft(q), [q]);
  const span = failure && failure.q === draft ? markedSpan(draft, failure.place) : undefined;

  const submit = (e: Event): void => {
    e.preventDefault();
    onRun(draft);
  };
  const onKeyDown = (e: KeyboardEvent): void => {
    if (e.key === 'Enter' && (e.metaKey || e.ctrlKey)) submit(e);
  };
  const replaceWord = (word: string): void => {
    if (!span) return;
    const next = draft.slice(0, span.start) + word + draft.slice(span.end);
    setDraft(next);
    onRun(next);
    field.current?.focus();
  };

  return (
    <form class="query" onSubmit={submit}>
      <label class="visually-hidden" for="query">Query</label>
      <div class="query-row">
        <div class="editor">
          <div class="editor-copy" aria-hidden="true">
            {span ? <>{draft.slice(0, span.start)}<mark>{draft.slice(span.start, span.end)}</mark>{draft.slice(span.end)}</> : draft}
            {'\n'}
          </div>
          <textarea
            id="query"
            ref={field}
            rows={1}
            value={draft}
            spellcheck={false}
            autocapitalize="off"
            autocomplete="off"
            placeholder="name,cpu,:eq,:sum"
            aria-invalid={failure !== undefined}
            aria-describedby={failure ? 'query-error' : undefined}
            onInput={(e) => setDraft(e.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
        </div>
        <button class="primary" title="Ctrl+Enter or ⌘+Enter">Run</button>
      </div>
      {failure && <QueryError failure={failure} word={span && draft.slice(span.start, span.end)} onReplace={span ? replaceWord : undefined} />}
    </form>
  );
}

interface QueryErrorProps {
  failure: Failure;
  /** The text that is marked, if any is. */
  word: string | undefined;
  /** Puts another word in its place. */
  onReplace: ((word: string) => void) | undefined;
}

/** The message, and below it what the server knows of the place: the stack, and what the word would have taken. */
function QueryError({ failure, word, onReplace }: QueryErrorProps) {
  const { stack, candidates, suggestion } = failure.place;
  return (
    <div class="query-error" id="query-error" role="alert">
      <p class="critical">{shortLabel(failure.message, 2000)}</p>
      {suggestion && onReplace && (
        <p>Did you mean <button type="button" class="word" onClick={() => onReplace(suggestion)}>{shortLabel(suggestion)}</button>?</p>
      )}
      {stack && <p><span class="meta">On the stack before {word ? <code>{shortLabel(word)}</code> : 'it'}: </span><Words words={stack} none="nothing" /></p>}
      {candidates && candidates.length > 0 && <p><span class="meta">It takes: </span><Words words={candidates} none="" /></p>}
    </div>
  );
}

const mostWords = 20;

function Words({ words, none }: { words: readonly string[]; none: string }) {
  if (words.length === 0) return <span>{none}</span>;
  return (
    <>
      {words.slice(0, mostWords).map((word, i) => <code key={i}>{shortLabel(word, 100)}</code>)}
      {words.length > mostWords && <span class="meta"> and {words.length - mostWords} more</span>}
    </>
  );
}
