import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockIn } from '../../src/chart/time.ts';
import { timeTicks } from '../../src/chart/timeticks.ts';
import { forSeeds } from './random.ts';

const labels = (zone: string, from: string, to: string, count: number): string[] =>
  timeTicks(Date.parse(from), Date.parse(to), count, clockIn(zone)).labels;

test('the date stands where it begins, the year where it changes', () => {
  assert.deepEqual(labels('UTC', '2026-11-22T21:30:00Z', '2026-11-23T01:30:00Z', 5), ['22:00\n2026-11-22', '23:00', '00:00\n11-23', '01:00']);
  assert.deepEqual(labels('UTC', '2026-12-30T12:00:00Z', '2027-01-02T12:00:00Z', 4), ['12-31\n2026', '01-01\n2027', '01-02']);
  assert.deepEqual(labels('UTC', '2026-12-31T22:00:00Z', '2027-01-01T01:00:00Z', 3), ['22:00\n2026-12-31', '23:00', '00:00\n2027-01-01', '01:00']);
});

test('ten years are labelled by the year, months by year and month', () => {
  assert.deepEqual(labels('UTC', '2016-03-01T00:00:00Z', '2026-03-01T00:00:00Z', 12), ['2017', '2018', '2019', '2020', '2021', '2022', '2023', '2024', '2025', '2026']);
  assert.deepEqual(labels('Asia/Tokyo', '2016-03-01T00:00:00Z', '2026-03-01T00:00:00Z', 6), ['2018', '2020', '2022', '2024', '2026']);
  assert.deepEqual(labels('UTC', '2026-01-15T00:00:00Z', '2026-06-15T00:00:00Z', 6), ['2026-02', '2026-03', '2026-04', '2026-05', '2026-06']);
  assert.deepEqual(labels('America/New_York', '2025-01-15T00:00:00Z', '2026-06-15T00:00:00Z', 6), ['2025-04', '2025-07', '2025-10', '2026-01', '2026-04']);
  assert.deepEqual(labels('UTC', '1970-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 6), ['1970', '1980', '1990', '2000', '2010', '2020']);
});

test('weeks begin on Monday', () => {
  assert.deepEqual(labels('Europe/Berlin', '2026-11-20T00:00:00Z', '2026-12-20T00:00:00Z', 5), ['11-23\n2026', '11-30', '12-07', '12-14']);
});

test('seconds, and parts of them', () => {
  assert.deepEqual(labels('UTC', '2026-11-22T12:00:00Z', '2026-11-22T12:00:30Z', 3), ['12:00:00\n2026-11-22', '12:00:10', '12:00:20', '12:00:30']);
  assert.deepEqual(labels('UTC', '2026-11-22T12:00:00Z', '2026-11-22T12:00:01Z', 2), ['12:00:00.000\n2026-11-22', '12:00:00.500', '12:00:01.000']);
});

test('the hour that comes twice has two labels', () => {
  assert.deepEqual(labels('Europe/Berlin', '2026-10-24T22:30:00Z', '2026-10-25T03:30:00Z', 6), ['01:00\n2026-10-25', '02:00', '02:00 +01', '03:00', '04:00']);
  assert.deepEqual(labels('Europe/Berlin', '2026-10-24T23:45:00Z', '2026-10-25T02:15:00Z', 6),
    ['02:00\n2026-10-25', '02:30', '02:00 +01', '02:30 +01', '03:00']);
  assert.deepEqual(labels('Australia/Lord_Howe', '2026-04-04T13:30:00Z', '2026-04-04T17:00:00Z', 7),
    ['00:30\n2026-04-05', '01:00', '01:30', '01:30 +10:30', '02:00', '02:30', '03:00', '03:30']);
});

test('the hour that is left out has none, and the others stay round', () => {
  assert.deepEqual(labels('Europe/Berlin', '2026-03-28T23:30:00Z', '2026-03-29T04:30:00Z', 6), ['01:00\n2026-03-29', '03:00 +02', '04:00', '05:00', '06:00']);
  assert.deepEqual(labels('Europe/Berlin', '2026-03-28T21:30:00Z', '2026-03-29T11:00:00Z', 5), ['00:00\n2026-03-29', '03:00 +02', '06:00', '09:00', '12:00']);
  assert.deepEqual(labels('Europe/Berlin', '2026-10-24T20:30:00Z', '2026-10-25T11:30:00Z', 5), ['00:00\n2026-10-25', '03:00 +01', '06:00', '09:00', '12:00']);
});

test('a day whose midnight is left out begins an hour later', () => {
  const { at, labels: said } = timeTicks(Date.parse('2026-03-27T12:00:00Z'), Date.parse('2026-03-30T12:00:00Z'), 4, clockIn('Asia/Beirut'));
  assert.deepEqual(said, ['03-28\n2026', '03-29', '03-30']);
  assert.equal(new Date(at[1]!).toISOString(), '2026-03-28T22:00:00.000Z');
});

test('any range in any zone has ascending ticks inside it with labels of their own', () => {
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Asia/Beirut', 'America/Havana', 'Africa/Casablanca'];
  const clocks = zones.map(clockIn);
  forSeeds(400, (random) => {
    const zone = Math.floor(random() * zones.length);
    const from = Math.floor(random() * 1.8e12);
    const to = from + Math.ceil(10 ** (3 + random() * 9));
    const { at, labels: said } = timeTicks(from, to, 1 + Math.floor(random() * 12), clocks[zone]!);
    assert.ok(at.length > 0 && at.length < 40, `${at.length} ticks in ${zones[zone]}`);
    assert.ok(at.every((t, i) => t >= from && t <= to && (i === 0 || t > at[i - 1]!)), zones[zone]);
    let day = '';
    const full = said.map((l) => { const [time, date] = l.split('\n'); day = date ?? day; return `${time} ${day}`; });
    assert.equal(new Set(full).size, full.length, `${zones[zone]}: ${said.join(' | ')}`);
  });
});
