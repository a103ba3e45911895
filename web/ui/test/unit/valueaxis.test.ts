import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTicks } from '../../src/chart/number.ts';
import { statsOf } from '../../src/chart/stats.ts';
import { valueRange, valueTicks } from '../../src/chart/valueaxis.ts';

/** The labels of an axis on which ticks are a tenth of it apart or more. */
function labels(min: number, max: number): string[] {
  const [from, to] = valueRange(min, max);
  assert.ok(from <= min && to >= max && to - from < Infinity, `${from} to ${to} holds ${min} to ${max}`);
  return formatTicks(valueTicks(from, to, 10));
}

test('an axis has labels of its values, however small or large they are', () => {
  for (const size of [5e-324, 1e-310, 1e-300, 1e-17, 1e-7, 1, 1e15, 1e33, 1e300, 1e308, Number.MAX_VALUE]) {
    for (const [min, max] of [[0, size], [-size, 0], [size, size], [size / 2, size]] as const) {
      const found = labels(min, max);
      const many = size < 1e-320 ? 1 : 3; // the smallest numbers have nothing between them
      assert.ok(found.length >= many && found.length <= 12 && new Set(found).size === found.length, `${min} to ${max}: ${found}`);
      assert.ok(found.every((text) => !/NaN|Infinity/.test(text)), `${found}`);
      if (min === max) continue;
      const [from, to] = valueRange(min, max);
      assert.ok((max - min) / (to - from) >= 0.3, `${min} to ${max} is most of ${from} to ${to}`);
    }
  }
});

test('an axis of usual values has the ticks it had', () => {
  assert.deepEqual(valueTicks(1.2, 1.275, 3), [1.2, 1.225, 1.25, 1.275]);
  assert.deepEqual(valueTicks(-0.3, 0.3, 6), [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
  assert.deepEqual(valueRange(0, 1300), [0, 1500]);
  assert.deepEqual(valueRange(0, 0), [0, 1]);
});

test('a range that is no number has numbers for ends', () => {
  const [from, to] = valueRange(-1.7e308, 1.7e308);
  assert.ok(to - from < Infinity && from < -8e307 && to > 8e307);
});

test('an average of large values is a value', () => {
  assert.equal(statsOf([1.5e308, 1.5e308, NaN]).avg, 1.5e308);
  assert.equal(statsOf([1, Infinity]).avg, Infinity);
  assert.equal(statsOf([1, 2, 6]).avg, 3);
});
