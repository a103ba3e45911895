// The stack view: one row per token of the query, with the stack after it.

import { useState } from 'preact/hooks';
import type { Diagnostic } from '../api/analyze.ts';
import type { Span } from '../api/span.ts';
import { Mark } from '../ui/mark.tsx';
import { shortLabel } from '../ui/text.ts';
import type { Analyzed } from './assist.ts';
import { StackChips } from './wordhelp.tsx';
import { diagnosticsIn } from './written.ts';

const firstRows = 60;

export interface StackViewProps {
  /** What is known; undefined before the first answer. */
  analyzed: Analyzed | undefined;
  /** The text as it is now: what is known of an older one is dimmed. */
  draft: string;
  /** Selects the text of a token in the editor. */
  onToken(span: Span): void;
}

export function StackView({ analyzed, draft, onToken }: StackViewProps) {
  const [all, setAll] = useState(false);
  if (!analyzed || analyzed.tokens.length === 0) return <p class="meta">The stack shows here as soon as there is a query.</p>;
  const { q, tokens } = analyzed;
  const shown = all ? tokens : tokens.slice(0, firstRows);
  return (
    <div class={q === draft ? 'stack-view' : 'stack-view old'} aria-busy={q !== draft}>
      <table class="cards">
        <thead>
          <tr>
            <th scope="col">Token</th>
            <th scope="col">Stack after it, the top last</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((token) => (
            <tr key={token.start}>
              <th scope="row" data-label="Token">
                <button type="button" class="word" title="Select it in the query" onClick={() => onToken(token)}>{shortLabel(q.slice(token.start, token.end), 80)}</button>
              </th>
              <td data-label="Stack">
                {token.stack.length > 0 ? <StackChips values={token.stack} /> : <span class="meta">empty</span>}
                {diagnosticsIn(analyzed, token).map((d) => <Said key={d.message} diagnostic={d} />)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < tokens.length && <button type="button" onClick={() => setAll(true)}>Show {tokens.length - shown.length} more</button>}
    </div>
  );
}

const states = { error: 'failing', warning: 'pending', info: 'inactive' } as const;

/** A diagnostic: shape, words and colour. */
export function Said({ diagnostic: { severity, message } }: { diagnostic: Diagnostic }) {
  return <div class={`state ${states[severity]}`}><Mark shape={severity === 'error' ? 'failing' : 'gone'} /><span>{shortLabel(message, 300)}</span></div>;
}
