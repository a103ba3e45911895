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
    [9.99999, '10.00'], [99.9999, '100.0'], [9.9994, '9.999'], [-9999.96, '−10.00\u00a0k'],
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

test('labels of an axis have the digits of its ticks', () => {
  const cases: [number[], string[]][] = [
    [[1.2, 1.225, 1.25, 1.275], ['1.200', '1.225', '1.250', '1.275']],
    [[-1.275, -1.25], ['−1.275', '−1.250']],
    [[2.5, 5, 7.5], ['2.5', '5.0', '7.5']],
    [[1_000_000, 1_002_500, 1_005_000], ['1.0000\u00a0M', '1.0025\u00a0M', '1.0050\u00a0M']],
    [[1e9, 1e9 + 0.25], ['1.00000000000\u00a0G', '1.00000000025\u00a0G']],
    [[0.00025, 0.0005, 0.00075], ['2.5e-4', '5.0e-4', '7.5e-4']],
    [[1.00025e-7, 1.0005e-7], ['1.00025e-7', '1.00050e-7']],
    [[8e-7, 1e-6, 1.2e-6], ['0.8e-6', '1.0e-6', '1.2e-6']],
    [[2.5e21, 5e21], ['2.5e+21', '5.0e+21']],
    [[-1e308, 0, 1e308], ['−1e+308', '0', '1e+308']],
    [[0, 5e-324], ['0', '4.94e-324']],
    [[-0.1, 1.3877787807814457e-17, 0.1], ['−0.1', '0', '0.1']],
    [[42.125], ['42.125']],
    [[999, 1000, 1001], ['0.999\u00a0k', '1.000\u00a0k', '1.001\u00a0k']],
    [[1e18, 2e18], ['1\u00a0E', '2\u00a0E']],
  ];
  for (const [ticks, want] of cases) assert.deepEqual(formatTicks(ticks), want);
});

test('labels of an axis read back as its ticks, and differ', () => {
  const units: Record<string, number> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 };
  forSeeds(3000, (random) => {
    const distance = [1, 2, 2.5, 5][Math.floor(random() * 4)]! * 10 ** Math.floor(random() * 40 - 20);
    const first = Math.floor((random() - 0.5) * 10 ** (random() * 8));
    const ticks = [0, 1, 2, 3, 4].map((i) => (first + i) * distance);
    const labels = formatTicks(ticks);
    assert.equal(new Set(labels).size, labels.length, labels.join(' '));
    labels.forEach((text, i) => {
      const [digits, unit] = text.replace('−', '-').split('\u00a0');
      const back = Number(digits) * (unit ? units[unit]! : 1);
      assert.ok(Math.abs(back - ticks[i]!) <= distance * 0.002, `${ticks[i]} as ${text}`);
    });
  });
});

test('statistics leave out what is not there', () => {
  assert.deepEqual(statsOf([NaN, 3, 1, NaN, 2, NaN]), { count: 3, last: 2, lastIndex: 4, avg: 2, max: 3, min: 1 });
  assert.deepEqual(statsOf([]), { count: 0, last: NaN, lastIndex: -1, avg: NaN, max: NaN, min: NaN });
  assert.deepEqual(statsOf([NaN]), statsOf([]));
  assert.deepEqual(statsOf([-5]), { count: 1, last: -5, lastIndex: 0, avg: -5, max: -5, min: -5 });
  assert.equal(statsOf([1, Infinity]).max, Infinity);
});
