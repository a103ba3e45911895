import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clip, isolate, shortLabel, visible, visibleQuery } from '../../src/ui/text.ts';

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

test('a query shows what would hide in it or reorder it', () => {
  assert.equal(visibleQuery('name,a\u202eb,:eq'), 'name,a\\u202eb,:eq');
  const hidden = ['\u202a', '\u2066', '\u2069', '\u200e', '\u200f', '\u061c', '\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad', '\0', '\x1b', '\x7f', '\x85', '\u2028', '\u3164', '\u034f'];
  for (const c of hidden) assert.equal(visibleQuery(c), `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  for (const text of ['name,a,:eq,\n\t:sum ', 'שלום', '😀é中', '\\u202e', '']) assert.equal(visibleQuery(text), text);
});

test('fillers and joiners are shown in labels, variants of pictures are drawn', () => {
  assert.equal(visible('\u3164\u034f'), '‹U+3164›‹U+034F›');
  assert.equal(visible('❤\ufe0f'), '❤\ufe0f');
});
