import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockIn, durationText, formatTimeTicks, fullText, intlZone, isoText } from '../../src/chart/time.ts';

const at = (text: string): number => Date.parse(text);

test('zones of the API become zones of Intl', () => {
  assert.equal(intlZone('UTC'), 'UTC');
  assert.equal(intlZone('Z'), 'UTC');
  assert.equal(intlZone(''), 'UTC');
  assert.equal(intlZone('US/Pacific'), 'US/Pacific');
  assert.equal(intlZone('Nowhere/Land'), 'UTC');
});

test('a clock shows 24 hours in its zone', () => {
  assert.equal(fullText(clockIn('UTC')(at('2026-11-22T00:05:09Z'))), '2026-11-22 00:05:09');
  assert.equal(fullText(clockIn('Europe/Berlin')(at('2026-07-01T22:00:00Z'))), '2026-07-02 00:00:00');
});

test('an instant is written as the API takes it', () => {
  assert.equal(isoText(at('2026-11-22T14:02:10Z')), '2026-11-22T14:02:10Z');
  assert.equal(isoText(at('2026-11-22T14:02:10Z') + 5), '2026-11-22T14:02:10.005Z');
});

test('ticks say the date where it begins', () => {
  const clock = clockIn('UTC');
  const hours = [22, 23, 24, 25].map((h) => at('2026-11-22T00:00:00Z') + h * 3_600_000);
  assert.deepEqual(formatTimeTicks(hours, 3_600_000, clock), ['22:00\n11-22', '23:00', '00:00\n11-23', '01:00']);
  const seconds = [0, 15].map((s) => at('2026-11-22T12:00:00Z') + s * 1000);
  assert.deepEqual(formatTimeTicks(seconds, 15_000, clock), ['12:00:00\n11-22', '12:00:15']);
  assert.deepEqual(formatTimeTicks([at('2026-11-22T00:00:00Z')], 86_400_000, clock), ['11-22']);
});

test('durations have two units', () => {
  const cases: [number, string][] = [
    [0, '0 s'], [999, '0 s'], [-5, '0 s'], [5000, '5 s'], [60_000, '1 m'], [65_000, '1 m 5 s'],
    [3_600_000, '1 h'], [3_605_000, '1 h'], [12_000_000, '3 h 20 m'], [90_000_000, '1 d 1 h'], [NaN, '0 s'],
  ];
  for (const [millis, want] of cases) assert.equal(durationText(millis), want, String(millis));
});
