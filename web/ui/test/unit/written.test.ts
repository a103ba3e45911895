import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeAnalysis, type Diagnostic } from '../../src/api/analyze.ts';
import { carryDiagnostics, completedSpan, pieces, shownDiagnostics } from '../../src/explore/written.ts';
import { forSeeds, randomText } from './random.ts';

const diagnostic = (start: number, end: number, severity: Diagnostic['severity'] = 'error', word = 'x'): Diagnostic =>
  ({ start, end, severity, message: 'm', word, suggestion: '' });
const places = (list: readonly Diagnostic[]): number[][] => list.map((d) => [d.start, d.end]);

test('an answer is read in units of the text', () => {
  const a = decodeAnalysis({
    tokens: [{ offset: 0, length: 4, kind: 'text', stack: [{ type: 'String', text: '😀' }] }, { offset: 5, length: 5, kind: 'unknown' }],
    diagnostics: [{ offset: 5, length: 5, severity: 'error', message: 'unknown', suggestion: ':max' }, { offset: 99, length: -1, severity: 'dire' }],
    completions: { offset: 5, length: 5, items: [{ text: ':max', kind: 'word', fits: true }, { text: 'a', kind: 'key', series: 3 }], total: 1 },
    hover: { offset: 5, length: 5, word: ':max', examples: ['a,:max'] },
  }, '😀,:maxx');
  assert.deepEqual(a.tokens.map((t) => [t.start, t.end, t.stack.length]), [[0, 2, 1], [3, 8, 0]]);
  assert.deepEqual(places(a.diagnostics), [[3, 8], [8, 8]]);
  assert.deepEqual([a.diagnostics[1]!.severity, a.completions.total, a.completions.items[1]!.fits], ['info', 2, true]);
  assert.deepEqual([a.hover?.start, a.hover?.consumed], [3, []]);
});

test('an answer that is something else is empty', () => {
  for (const body of [undefined, null, 7, [], { tokens: 7, diagnostics: {}, completions: [], hover: 'x' }]) {
    const a = decodeAnalysis(body, 'a');
    assert.deepEqual([a.tokens, a.diagnostics, a.completions.items, a.hover], [[], [], [], undefined]);
  }
});

test('a completion goes on as long as its word does', () => {
  const about = { q: 'name,:s', completions: { start: 5, end: 7, items: [], total: 0, atLeast: false } };
  assert.deepEqual(completedSpan(about, 'name,:su', 8), { start: 5, end: 8 });
  assert.deepEqual(completedSpan(about, 'name,:', 6), { start: 5, end: 6 });
  assert.deepEqual(completedSpan(about, 'name,', 5), { start: 5, end: 5 });
  assert.equal(completedSpan(about, 'name', 4), undefined);
  assert.equal(completedSpan(about, 'game,:s', 7), undefined);
  assert.equal(completedSpan(about, 'name,:s,', 8), undefined);
});

test('diagnostics move with their text, and go with it', () => {
  const about = { q: 'a,:bad,c,:worse', diagnostics: [diagnostic(2, 6), diagnostic(9, 15)] };
  assert.deepEqual(places(carryDiagnostics(about, 'a,:bad,ccc,:worse')), [[2, 6], [11, 17]]);
  assert.deepEqual(places(carryDiagnostics(about, 'a,:bad,c,:worses')), [[2, 6]]);
  assert.deepEqual(places(carryDiagnostics(about, 'a,:ba,c,:worse')), [[8, 14]]);
  assert.deepEqual(places(carryDiagnostics(about, '')), []);
});

test('what is carried over marks the same letters', () => {
  forSeeds(2000, (random) => {
    const [before, word, after, more] = [randomText(random), randomText(random), randomText(random), randomText(random)];
    const q = before + word + after;
    const cut = Math.floor(random() * (q.length + 1));
    const draft = q.slice(0, cut) + more + q.slice(cut);
    for (const d of carryDiagnostics({ q, diagnostics: [diagnostic(before.length, before.length + word.length)] }, draft)) {
      assert.equal(draft.slice(d.start, d.end), word);
    }
  });
});

test('a word that is being typed is not wrong, hints wait for an error', () => {
  const list = [diagnostic(0, 4, 'info', ''), diagnostic(5, 9, 'error'), diagnostic(0, 4, 'info', 'bad'), diagnostic(10, 12, 'warning')];
  assert.deepEqual(places(shownDiagnostics(list, undefined)), [[5, 9], [0, 4], [10, 12]]);
  assert.deepEqual(places(shownDiagnostics(list, 9)), [[10, 12]]);
});

test('pieces are the whole text, each mark once', () => {
  assert.deepEqual(pieces('abcdef', [{ start: 3, end: 5, mark: 'info' }, { start: 1, end: 4, mark: 'error' }, { start: 6, end: 6, mark: 'info' }]), [
    { text: 'a', mark: '' }, { text: 'bcd', mark: 'error' }, { text: 'ef', mark: '' },
  ]);
  assert.deepEqual(pieces('', []), []);
});
