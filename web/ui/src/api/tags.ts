// GET api/v1/tags/name: metric names by prefix or part, never the whole list.

import { type Client } from './client.ts';
import { readStrings } from './read.ts';

/** The names, at most limit, and whether the server has more. */
export interface Names {
  names: string[];
  more: boolean;
}

/** The server's metrics about itself have names that begin so; atlas.db are those that Atlas has, too. */
const ownQuery = 'name,(telamon|atlas[.]db)[.],:re';

/** Whose metrics: what services send, or what the server says about itself. */
export type Whose = 'sent' | 'own';

/** Asks for the metric names that contain part, whatever its case. One more than limit is asked for, to know of the rest. */
export async function getNames(client: Client, whose: Whose, part: string, limit: number, signal: AbortSignal): Promise<Names> {
  const params: [string, string][] = [['q', namesQuery(whose, part)], ['limit', String(limit + 1)]];
  const names = readStrings(await client.get('api/v1/tags/name', params, signal));
  return { names: names.slice(0, limit), more: names.length > limit };
}

/** The query for getNames. */
export function namesQuery(whose: Whose, part: string): string {
  const owner = whose === 'own' ? ownQuery : `${ownQuery},:not`;
  return part === '' ? owner : `${containsQuery(part)},${owner},:and`;
}

/**
 * A query for names that contain part. Characters that mean something to the language or to its patterns become a dot,
 * which matches any character: the answer may be a little too wide, and never an error.
 */
export function containsQuery(part: string): string {
  return `name,.*${part.replace(/[^A-Za-z0-9_-]/gu, '.')},:reic`;
}

/** The query that draws one metric: its sum. */
export function sumQuery(name: string): string {
  return `name,${escapeWord(name)},:eq,:sum`;
}

/** Writes text so that the language reads it back as one plain word: what has a meaning, and blanks, as \uXXXX. */
export function escapeWord(text: string): string {
  return text.replace(/[,:()\\\s\p{Cc}]|\/(?=\*)/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
