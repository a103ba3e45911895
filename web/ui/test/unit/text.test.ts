import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clip, isolate, shortLabel, visible } from '../../src/ui/text.ts';

test('what cannot be seen is shown by its number', () => {
  assert.equal(visible('a\tb\0c\x1b[31m'), 'a‹U+0009›b‹U+0000›c‹U+001B›[31m');
  assert.equal(visible('x\u202eevil\u2066y\u200bz\ufeff'), 'x‹U+202E›evil‹U+2066›y‹U+200B›z‹U+FEFF›');
  assert.equal(visible('\ud83d'), '‹U+D83D›');
});

test('what can be seen stays', () => {
  for (const text of ['<b>&amp;', 'שלום', 'é中😀', '', '$(nf.app)']) assert.equal(visible(text), text);
});

test('a cut never splits a character', () => {
  assert.equal(clip('abcdef', 4), 'abc…');
  assert.equal(clip('abcd', 4), 'abcd');
  assert.equal(clip('ab😀cd', 4), 'ab…');
  assert.ok(clip('😀'.repeat(10), 7).isWellFormed());
});

test('a label of ten thousand characters is short', () => {
  assert.equal(shortLabel('x'.repeat(10_000)).length, 200);
  assert.ok(shortLabel('\0'.repeat(10_000)).length < 2000);
});

test('isolated text is between isolates', () => {
  assert.equal(isolate('ש'), '\u2068ש\u2069');
});
