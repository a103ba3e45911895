// What the server said of a text, carried over to the text that was typed meanwhile.

import type { Analysis, Diagnostic } from '../api/analyze.ts';
import type { Span } from '../api/span.ts';
import type { Analyzed } from './assist.ts';

/**
 * What a completion would replace now: from where it begins to the cursor. Undefined where the text before it has
 * changed, or the cursor has left the word.
 */
export function completedSpan({ q, completions }: Pick<Analyzed, 'q' | 'completions'>, draft: string, caret: number): Span | undefined {
  const { start } = completions;
  const same = caret >= start && draft.slice(0, start) === q.slice(0, start);
  return same && !draft.slice(start, caret).includes(',') ? { start, end: caret } : undefined;
}

/** The diagnostics whose text is still there, at the places where it is now. */
export function carryDiagnostics({ q, diagnostics }: Pick<Analyzed, 'q' | 'diagnostics'>, draft: string): Diagnostic[] {
  if (q === draft) return diagnostics;
  const shorter = Math.min(q.length, draft.length);
  let head = 0;
  while (head < shorter && q[head] === draft[head]) head++;
  let tail = 0;
  while (tail < shorter - head && q.at(-1 - tail) === draft.at(-1 - tail)) tail++;
  const moved = draft.length - q.length;
  return diagnostics.flatMap((d) => {
    if (d.end < head) return [d];
    if (d.start > q.length - tail) return [{ ...d, start: d.start + moved, end: d.end + moved }];
    return [];
  });
}

/**
 * Those to show while the cursor is at caret, or is not in the text (undefined). A word that is being typed is not wrong
 * yet; hints help only to understand an error, and values that are left over are no mistake before the query is run.
 */
export function shownDiagnostics(diagnostics: readonly Diagnostic[], caret: number | undefined): Diagnostic[] {
  const finished = diagnostics.filter((d) => caret === undefined || caret < d.start || caret > d.end);
  const failed = finished.some((d) => d.severity === 'error');
  return finished.filter((d) => d.severity !== 'info' || (failed && d.word !== ''));
}

/** A piece of a text, with the kind of its mark. */
export interface Piece {
  text: string;
  mark: string;
}

/** Cuts a text at the spans to mark. Where two overlap the one that begins first counts, of equals the first given. */
export function pieces(text: string, marks: ReadonlyArray<Span & { mark: string }>): Piece[] {
  const cut: Piece[] = [];
  let at = 0;
  for (const { start, end, mark } of marks.toSorted((a, b) => a.start - b.start)) {
    if (start < at || end <= start) continue;
    cut.push({ text: text.slice(at, start), mark: '' }, { text: text.slice(start, end), mark });
    at = end;
  }
  cut.push({ text: text.slice(at), mark: '' });
  return cut.filter((piece) => piece.text !== '');
}

/** The diagnostics of one token: those that lie in it. */
export const diagnosticsIn = ({ diagnostics }: Pick<Analysis, 'diagnostics'>, token: Span): Diagnostic[] =>
  diagnostics.filter((d) => d.start >= token.start && d.end <= token.end);
