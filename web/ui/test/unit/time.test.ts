import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockIn, durationText, fullText, intlZone, isoText, offsetText } from '../../src/chart/time.ts';

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

test('durations have two units', () => {
  const cases: [number, string][] = [
    [0, '0 s'], [999, '0 s'], [-5, '0 s'], [5000, '5 s'], [60_000, '1 m'], [65_000, '1 m 5 s'],
    [3_600_000, '1 h'], [3_605_000, '1 h'], [12_000_000, '3 h 20 m'], [90_000_000, '1 d 1 h'], [NaN, '0 s'],
  ];
  for (const [millis, want] of cases) assert.equal(durationText(millis), want, String(millis));
});

test('a time that the zone shows twice says which it is', () => {
  const text = (zone: string, t: string): string => fullText(clockIn(zone)(at(t)));
  assert.equal(text('Europe/Berlin', '2026-10-25T00:30:00Z'), '2026-10-25 02:30:00 +02');
  assert.equal(text('Europe/Berlin', '2026-10-25T01:30:00Z'), '2026-10-25 02:30:00 +01');
  assert.equal(text('Europe/Berlin', '2026-10-25T02:00:00Z'), '2026-10-25 03:00:00');
  assert.equal(text('Europe/Berlin', '2026-10-24T23:59:59Z'), '2026-10-25 01:59:59');
  assert.equal(text('Europe/Berlin', '2026-03-29T01:00:00Z'), '2026-03-29 03:00:00');
  assert.equal(text('Australia/Lord_Howe', '2026-04-04T15:10:00Z'), '2026-04-05 01:40:00 +10:30');
  assert.equal(text('America/St_Johns', '2026-11-01T04:00:00Z'), '2026-11-01 01:30:00 −02:30');
});

test('what a zone is ahead of UTC', () => {
  assert.deepEqual([0, 3_600_000, -12_600_000, 20_700_000].map(offsetText), ['+00', '+01', '−03:30', '+05:45']);
});
