// What is said of a query that the server refused.

import { shortLabel } from '../ui/text.ts';
import type { Failure } from './model.ts';

interface QueryErrorProps {
  failure: Failure;
  /** The text that is marked, if any is. */
  word: string | undefined;
  /** Puts another word in its place. */
  onReplace: ((word: string) => void) | undefined;
}

/** The message, and below it what the server knows of the place: the stack, and what the word would have taken. */
export function QueryError({ failure, word, onReplace }: QueryErrorProps) {
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
