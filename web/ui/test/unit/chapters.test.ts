import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeWords } from '../../src/api/words.ts';
import { chaptersOf, countWords, filterChapters } from '../../src/reference/chapters.ts';

const words = decodeWords([
  { name: 'eq', vocabulary: 'query', signature: 'k:String v:String -- Query', summary: 'Matches one value.', examples: ['name,cpu,:eq'] },
  { name: 'sum', vocabulary: 'data', signature: 'q:Query -- DataExpr', summary: 'Adds series.', examples: [] },
  { name: 'sum', vocabulary: 'math', signature: 'TimeSeriesExpr -- TimeSeriesExpr', summary: 'Adds lines.', examples: [] },
  { name: 'sample-count', vocabulary: 'math', signature: 'a', summary: '', examples: [] },
  { name: 'sample-count', vocabulary: 'math', signature: 'b', summary: '', examples: [] },
]);
const chapters = chaptersOf(words);
const names = (filter: string): string[] => filterChapters(chapters, filter).flatMap((c) => c.words.map((w) => `${c.vocabulary} ${w.name}`));

test('a definition with missing or broken fields is read as far as it goes', () => {
  assert.deepEqual(decodeWords([{ name: 'x', examples: [1, 'a'] }, { summary: 'no name' }, 7]), [
    { name: 'x', vocabulary: '', signature: '', summary: '', examples: ['a'], stacks: new Map(), deprecated: '', unstable: false },
  ]);
  assert.deepEqual(decodeWords({}), []);
});

test('definitions become chapters and words, in the order of the server', () => {
  assert.deepEqual(chapters.map((c) => [c.vocabulary, c.words.map((w) => [w.name, w.definitions.length])]), [
    ['query', [['eq', 1]]],
    ['data', [['sum', 1]]],
    ['math', [['sum', 1], ['sample-count', 2]]],
  ]);
  assert.equal(countWords(chapters), 4);
});

test('a filter looks at names, vocabularies, signatures and summaries', () => {
  assert.deepEqual(names(''), ['query eq', 'data sum', 'math sum', 'math sample-count']);
  assert.deepEqual(names('math SUM'), ['math sum']);
  assert.deepEqual(names(':s'), ['data sum', 'math sum', 'math sample-count']);
  assert.deepEqual(names(':um'), []);
  assert.deepEqual(names('dataexpr'), ['data sum']);
  assert.deepEqual(names('one value'), ['query eq']);
});
