// What a word of the query does.

import type { Hover, StackValue } from '../api/analyze.ts';
import { ViewLink } from '../app/link.tsx';
import { formatSearch, type Location } from '../app/location.ts';
import { shortLabel } from '../ui/text.ts';

export function WordHelp({ hover, location }: { hover: Hover; location: Location }) {
  const { word, signature, summary, examples, consumed, produced } = hover;
  return (
    <div class="word-help" role="status">
      <p><code><strong>{shortLabel(word)}</strong></code> <code class="meta">{shortLabel(signature)}</code></p>
      <p>{shortLabel(summary, 500)}</p>
      {consumed.length > 0 && <p><span class="meta">Here it takes </span><StackChips values={consumed} /></p>}
      {produced.length > 0 && <p><span class="meta">and leaves </span><StackChips values={produced} /></p>}
      {examples.length > 0 && <p><span class="meta">For example </span><code>{shortLabel(examples[0]!, 200)}</code></p>}
      <p><ViewLink location={location} view="reference" search={formatSearch([['word', word.replace(/^:/, '')]])}>All about {shortLabel(word)}</ViewLink></p>
    </div>
  );
}

/** Values of a stack side by side, the top last. */
export function StackChips({ values }: { values: readonly StackValue[] }) {
  return (
    <span class="labels">
      {values.map((v, i) => (
        <span class="tag" key={i}><span class="meta">{shortLabel(v.type, 40)}</span> <code>{shortLabel(v.text, 120)}</code></span>
      ))}
    </span>
  );
}
