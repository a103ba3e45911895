// GET api/v1/expr/words: every definition of every word of the query language.

import { decodeStack, type StackValue } from './analyze.ts';
import { type Client, isRecord } from './client.ts';
import { readRecords, readString, readStrings } from './read.ts';

/** One definition of a word. A word that takes different things has several. */
export interface Definition {
  /** Without its colon. */
  name: string;
  /** The part of the language that it belongs to: std, query, data, … */
  vocabulary: string;
  /** "inputs -- outputs", deepest operand first. */
  signature: string;
  summary: string;
  /** Programs that end with the word. */
  examples: string[];
  /** Of the examples that cannot be drawn: what they leave on the stack, the top last. */
  stacks: ReadonlyMap<string, StackValue[]>;
  /** What to use instead; empty unless it is deprecated. */
  deprecated: string;
  /** May change or vanish; the server wants to be asked for such words. */
  unstable: boolean;
}

export async function getWords(client: Client, signal: AbortSignal): Promise<Definition[]> {
  return decodeWords(await client.get('api/v1/expr/words', [], signal));
}

/** Reads an answer; a definition without a name is passed over. */
export function decodeWords(body: unknown): Definition[] {
  return readRecords(body)
    .map((w) => ({
      name: readString(w.name),
      vocabulary: readString(w.vocabulary),
      signature: readString(w.signature),
      summary: readString(w.summary),
      examples: readStrings(w.examples),
      stacks: new Map(Object.entries(isRecord(w.stacks) ? w.stacks : {}).map(([example, stack]) => [example, decodeStack(stack)])),
      deprecated: readString(w.deprecated),
      unstable: w.unstable === true,
    }))
    .filter((w) => w.name !== '');
}
