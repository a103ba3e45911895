import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNumber, formatTicks } from '../../src/chart/number.ts';
import { statsOf } from '../../src/chart/stats.ts';
import { forSeeds } from './random.ts';

test('numbers have about four digits', () => {
  const cases: [number, string][] = [
    [0, '0'], [-0, '0'], [1, '1'], [42, '42'], [190.3, '190.3'], [190.34, '190.3'], [319.04, '319.0'], [52.0003, '52.00'],
    [0.5, '0.5'], [0.0042, '0.0042'], [1 / 3, '0.33333'], [-2.5, '−2.5'],
    [999.9, '999.9'], [999.97, '1.000\u00a0k'], [1000, '1\u00a0k'], [31_234, '31.23\u00a0k'], [2.5e6, '2.5\u00a0M'], [7e18, '7\u00a0E'],
    [4.2e-7, '4.2e-7'], [1e22, '1e+22'], [Number.MAX_VALUE, '1.8e+308'], [5e-324, '4.94e-324'],
    [NaN, '–'], [Infinity, '∞'], [-Infinity, '−∞'],
  ];
  for (const [v, want] of cases) assert.equal(formatNumber(v), want, String(v));
});

test('a number reads back as about itself', () => {
  const units: Record<string, number> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 };
  forSeeds(3000, (random) => {
    const v = (random() - 0.5) * 10 ** (random() * 60 - 30);
    const [digits, unit] = formatNumber(v).replace('−', '-').split('\u00a0');
    const back = Number(digits) * (unit ? units[unit]! : 1);
    assert.ok(Math.abs(back - v) <= Math.abs(v) * 0.006, `${v} as ${formatNumber(v)}`);
  });
});

test('labels of an axis share prefix and digits', () => {
  assert.deepEqual(formatTicks([0, 50, 100]), ['0', '50', '100']);
  assert.deepEqual(formatTicks([0, 0.5, 1]), ['0', '0.5', '1.0']);
  assert.deepEqual(formatTicks([0, 500, 1000, 1500]), ['0', '0.5\u00a0k', '1.0\u00a0k', '1.5\u00a0k']);
  assert.deepEqual(formatTicks([-2e6, 0, 2e6]), ['−2\u00a0M', '0', '2\u00a0M']);
  assert.deepEqual(formatTicks([0, 2e-7]), ['0', '2e-7']);
  assert.deepEqual(formatTicks([0]), ['0']);
  assert.deepEqual(formatTicks([]), []);
});

test('statistics leave out what is not there', () => {
  assert.deepEqual(statsOf([NaN, 3, 1, NaN, 2, NaN]), { count: 3, last: 2, avg: 2, max: 3, min: 1 });
  assert.deepEqual(statsOf([]), { count: 0, last: NaN, avg: NaN, max: NaN, min: NaN });
  assert.deepEqual(statsOf([NaN]), statsOf([]));
  assert.deepEqual(statsOf([-5]), { count: 1, last: -5, avg: -5, max: -5, min: -5 });
  assert.equal(statsOf([1, Infinity]).max, Infinity);
});
