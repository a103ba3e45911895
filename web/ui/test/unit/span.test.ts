import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesBefore, byteSpan, markedSpan, unitsIn } from '../../src/api/span.ts';
import { forSeeds, randomText } from './random.ts';

test('bytes of UTF-8 become units of UTF-16', () => {
  const text = 'é,😀,:maxx';
  const offset = Buffer.byteLength('é,😀,');
  assert.deepEqual(byteSpan(text, offset, 5), { start: 5, end: 10 });
  assert.equal(text.slice(5, 10), ':maxx');
});

test('every span of whole characters comes back', () => {
  forSeeds(2000, (random) => {
    const [before, word, after] = [randomText(random), randomText(random), randomText(random)];
    const { start, end } = byteSpan(before + word + after, Buffer.byteLength(before), Buffer.byteLength(word));
    assert.deepEqual([start, end], [before.length, before.length + word.length]);
  });
});

test('what ends inside a character takes all of it', () => {
  assert.deepEqual(byteSpan('a😀b', 2, 1), { start: 1, end: 3 });
  assert.deepEqual(byteSpan('aéb', 0, 2), { start: 0, end: 2 });
});

test('what lies behind the end is cut', () => {
  assert.deepEqual(byteSpan('abc', 2, 10), { start: 2, end: 3 });
  assert.deepEqual(byteSpan('abc', 9, 1), { start: 3, end: 3 });
  assert.deepEqual(byteSpan('', 0, 0), { start: 0, end: 0 });
});

test('a lone surrogate counts as the three bytes that are sent for it', () => {
  assert.deepEqual(byteSpan('\ud83d,:x', 4, 2), { start: 2, end: 4 });
});

test('a place without a length marks the word there', () => {
  assert.deepEqual(markedSpan('a, :maxx ,b', { offset: 3 }), { start: 3, end: 8 });
  assert.deepEqual(markedSpan('a,b', { offset: 3 }), { start: 2, end: 3 });
});

test('a place with only a word marks it if it is there once', () => {
  assert.deepEqual(markedSpan('a,:b,c', { word: ':b' }), { start: 2, end: 4 });
  assert.deepEqual(markedSpan('a,:b,c', { word: 'b' }), { start: 2, end: 4 });
  assert.equal(markedSpan('a,:b,:b', { word: ':b' }), undefined);
  assert.equal(markedSpan('a,b', { word: ':c' }), undefined);
});

test('no place marks nothing', () => {
  assert.equal(markedSpan('a,b', {}), undefined);
  assert.equal(markedSpan('', { offset: 0, length: 0 }), undefined);
});

test('many places in one text are found as one by one', () => {
  forSeeds(500, (random) => {
    const text = randomText(random) + randomText(random);
    const units = unitsIn(text);
    for (let byte = 0; byte <= Buffer.byteLength(text) + 1; byte++) assert.equal(units(byte), byteSpan(text, byte, 0).start);
  });
});

test('the bytes before a unit lead back to it', () => {
  const text = 'é,😀,:max\ud83d';
  for (const unit of [0, 1, 2, 4, 5, 9, 10]) assert.equal(unitsIn(text)(bytesBefore(text, unit)), unit);
});
