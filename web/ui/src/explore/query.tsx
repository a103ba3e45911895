// The query box: the editor, what the server says of its text, and the button that runs it.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { analyze, type Diagnostic } from '../api/analyze.ts';
import type { Client } from '../api/client.ts';
import { markedSpan, type Span } from '../api/span.ts';
import type { Location } from '../app/location.ts';
import { shortLabel } from '../ui/text.ts';
import { createAssist } from './assist.ts';
import { Editor } from './editor.tsx';
import { QueryError } from './failure.tsx';
import type { Failure } from './model.ts';
import { Said, StackView } from './stack.tsx';
import { carryDiagnostics, shownDiagnostics } from './written.ts';

export interface QueryBoxProps {
  client: Client;
  location: Location;
  q: string;
  failure: Failure | undefined;
  /** The stack view is shown. */
  stack: boolean;
  onRun(q: string): void;
  onStack(shown: boolean): void;
}

export function QueryBox({ client, location, q, failure, stack, onRun, onStack }: QueryBoxProps) {
  const assist = useMemo(() => createAssist((text, caret, signal) => analyze(client, text, caret, signal)), [client]);
  useEffect(() => assist.close, [assist]);
  const [draft, setDraft] = useState(q);
  const [caret, setCaret] = useState<number | undefined>(undefined);
  const field = useRef<HTMLTextAreaElement>(null);
  // An open stack view is about text that nobody typed, too.
  const show = (text: string): void => {
    if (stack && assist.analyzed.peek()?.q !== text) assist.show(text);
  };
  useEffect(() => {
    setDraft(q);
    show(q);
  }, [q]);
  useEffect(() => show(draft), [stack]);

  const failed = failure && failure.q === draft ? markedSpan(draft, failure.place) : undefined;
  const analyzed = assist.analyzed.value;
  const said = failure?.q === draft || !analyzed ? [] : shownDiagnostics(carryDiagnostics(analyzed, draft), caret);
  const run = (text: string): void => {
    assist.close();
    show(text);
    setCaret(undefined);
    onRun(text);
  };
  /** Writes a word in place of a span, and returns the whole text. */
  const mend = (span: Span, word: string): string => {
    const next = draft.slice(0, span.start) + word + draft.slice(span.end);
    setDraft(next);
    assist.show(next);
    field.current?.focus();
    return next;
  };
  const select = (span: Span): void => {
    field.current?.focus();
    field.current?.setSelectionRange(span.start, span.end);
  };

  return (
    <form class="query" onSubmit={(e) => { e.preventDefault(); run(draft); }}>
      <label class="visually-hidden" for="query">Query</label>
      <div class="query-row">
        <Editor
          field={field}
          draft={draft}
          assist={assist}
          location={location}
          marks={failed ? [{ ...failed, mark: 'error' }] : said.map((d) => ({ ...d, mark: d.severity }))}
          failed={failure !== undefined}
          onDraft={setDraft}
          onCaret={setCaret}
          onLeave={() => setCaret(undefined)}
          onRun={run}
        />
        <div class="query-buttons">
          <button class="primary" title="Enter">Run</button>
          <button type="button" aria-pressed={stack} title="The stack after each word  s" onClick={() => onStack(!stack)}>Stack</button>
        </div>
      </div>
      {failure && <QueryError failure={failure} word={failed && draft.slice(failed.start, failed.end)} onReplace={failed && ((word) => run(mend(failed, word)))} />}
      <div class="query-said" role="status">{said[0] && <Mistake diagnostic={said[0]} onMend={mend} />}</div>
      {stack && <StackView analyzed={analyzed} draft={draft} onToken={select} />}
    </form>
  );
}

/** What is wrong while the query is written, and what it could be instead. */
function Mistake({ diagnostic, onMend }: { diagnostic: Diagnostic; onMend(span: Span, word: string): void }) {
  const { suggestion } = diagnostic;
  return (
    <span class="row">
      <Said diagnostic={diagnostic} />
      {suggestion !== '' && <button type="button" class="word" onClick={() => onMend(diagnostic, suggestion)}>Write {shortLabel(suggestion, 80)}</button>}
    </span>
  );
}
