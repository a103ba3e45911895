// From definitions to a reference: chapters by vocabulary, in them words, in them the ways to call them.

import type { Definition } from '../api/words.ts';

/** The words of one vocabulary, in the server's order. */
export interface Chapter {
  vocabulary: string;
  words: Word[];
}

/** The definitions of one name in one vocabulary. */
export interface Word {
  name: string;
  vocabulary: string;
  definitions: Definition[];
}

/** Groups definitions; the order of vocabularies and words is that in which they first appear. */
export function chaptersOf(definitions: readonly Definition[]): Chapter[] {
  const chapters = new Map<string, Map<string, Word>>();
  for (const d of definitions) {
    const words = chapters.get(d.vocabulary) ?? new Map<string, Word>();
    chapters.set(d.vocabulary, words);
    const word = words.get(d.name) ?? { name: d.name, vocabulary: d.vocabulary, definitions: [] };
    words.set(d.name, word);
    word.definitions.push(d);
  }
  return [...chapters].map(([vocabulary, words]) => ({ vocabulary, words: [...words.values()] }));
}

/**
 * The words in which each piece of the filter, divided by blanks, is found: in the name, the vocabulary, a signature or
 * a summary. A piece with a colon wants names that begin so. Case does not count; chapters left empty are left out.
 */
export function filterChapters(chapters: readonly Chapter[], filter: string): Chapter[] {
  const pieces = filter.toLowerCase().split(/\s+/).filter((p) => p !== '');
  if (pieces.length === 0) return [...chapters];
  const passes = (word: Word): boolean => {
    const text = textOf(word);
    return pieces.every((p) => (p.startsWith(':') ? word.name.startsWith(p.slice(1)) : text.includes(p)));
  };
  return chapters
    .map(({ vocabulary, words }) => ({ vocabulary, words: words.filter(passes) }))
    .filter(({ words }) => words.length > 0);
}

const textOf = ({ name, vocabulary, definitions }: Word): string =>
  [name, vocabulary, ...definitions.flatMap((d) => [d.signature, d.summary])].join(' ').toLowerCase();

/** How many words there are. */
export const countWords = (chapters: readonly Chapter[]): number => chapters.reduce((sum, c) => sum + c.words.length, 0);

/** The id of a word's place in the page. */
export const anchorOf = (word: Word): string => `${word.vocabulary}-${word.name}`;

/** What a vocabulary is about; nothing for one that is new. */
export const about: Readonly<Record<string, string>> = {
  std: 'Moves values on the stack, keeps variables, runs lists.',
  query: 'Chooses series by their tags.',
  data: 'Reads the series of a query and aggregates them.',
  math: 'Calculates with lines: arithmetic, comparison, grouping, statistics.',
  stateful: 'Looks back: windows, trends, forecasts.',
  filter: 'Keeps some lines of an expression, by a statistic of theirs.',
  style: 'Says how a line is drawn.',
  custom: 'Averages by the number of nodes.',
};
