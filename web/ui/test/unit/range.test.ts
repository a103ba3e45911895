import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moves, presetOf, presetRange, presets, rangeProblem, scaleRange, shiftRange, zoomRange } from '../../src/explore/range.ts';
import { forSeeds } from './random.ts';

const at = (text: string): number => Date.parse(text);
const covered = { first: at('2026-11-22T14:01:00Z'), last: at('2026-11-22T15:00:00Z'), step: 60_000 };

test('presets are ranges that end now', () => {
  for (const [, length] of presets) assert.equal(presetOf(presetRange(length)), length);
  assert.equal(presetOf({ s: 'now-3h', e: 'now' }), '3h');
  assert.equal(presetOf({ s: 'e-3h', e: 'now-1d' }), undefined);
  assert.equal(presetOf({ s: 'e-7h', e: 'now' }), undefined);
});

test('a range moves when either end is bound to now', () => {
  const cases: [string, string, boolean][] = [
    ['e-1h', 'now', true],
    ['now-1w', 'now-6d', true],
    ['2026-11-22', 'now', true],
    ['foo-1h', '2026-11-22', true], // any other word is now, as in the API
    ['e-1h', '2026-11-22T10:00', false],
    ['epoch', 'epoch+1d', false],
    ['2018-07-24', 's+5m', false],
    ['1795356000', '1795359600', false],
    ['e-1h', '1795356000-5m', false],
  ];
  for (const [s, e, want] of cases) assert.equal(moves({ s, e }), want, `${s} to ${e}`);
});

test('a dragged range asks for the values under it', () => {
  const range = zoomRange(at('2026-11-22T14:10:20Z'), at('2026-11-22T14:19:40Z'), covered);
  // The first value of an answer is one step behind s: 14:10.
  assert.deepEqual(range, { s: '2026-11-22T14:09:00Z', e: '2026-11-22T14:20:00Z' });
});

test('a range too short to see becomes two steps long', () => {
  const t = at('2026-11-22T14:10:30Z');
  assert.deepEqual(zoomRange(t, t, covered), { s: '2026-11-22T14:08:00Z', e: '2026-11-22T14:11:00Z' });
});

test('shift keeps the length, and there and back is where it was', () => {
  assert.deepEqual(shiftRange({ ...covered, last: covered.first + 3_600_000 }, 0.5), { s: '2026-11-22T14:30:00Z', e: '2026-11-22T15:31:00Z' });
});

test('scale keeps the middle', () => {
  forSeeds(200, (random) => {
    const step = 60_000;
    const first = Math.floor(random() * 1e7) * step;
    const last = first + (2 + Math.floor(random() * 500)) * 2 * step;
    const { s, e } = scaleRange({ first, last, step }, 2);
    const middle = (Date.parse(s) + step + Date.parse(e)) / 2;
    assert.ok(Math.abs(middle - (first + last) / 2) <= step, `${s} ${e}`);
    assert.ok(Date.parse(e) - Date.parse(s) >= 2 * (last - first));
  });
});

test('what is no time is refused, and which end it is', () => {
  const good = ['now', 'epoch', 'now-1d', 'e-3h', 'now-PT3H', 'now+1week', '1795356000', '1795356000000-5m', '2026-11-22', '2026-11-22T14:00', '2026-11-22T14:00:10.5Z', '2026-11-22T14:00+01:00', '2026-11-22T14:00[Europe/Berlin]', '2024-02-29', ''];
  for (const s of good) assert.equal(rangeProblem({ s, e: 'now' }), undefined, s);
  for (const e of ['s+5m', 's', 'now', '2026-11-22']) assert.equal(rangeProblem({ s: 'now-1h', e }), undefined, e);
  const bad = ['yesterday', 'today', 'tomorrow-1d', 'now-1x', 'now-', 'now-h', 'now-PT', 'now-P', 's', 's-1h', 'noon', '2026-13-01', '2026-02-30', '2026-11-22T25:00', '22.11.2026', '-1h', '1h', 'now -1h', 'NOW', '<b>'];
  for (const s of bad) assert.equal(rangeProblem({ s, e: 'now' })?.name, 's', s);
  for (const e of ['e', 'e-1h', 'yesterday']) assert.equal(rangeProblem({ s: 'now-1h', e })?.name, 'e', e);
  assert.match(rangeProblem({ s: 'x\u202e', e: 'now' })!.why, /‹U\+202E›/);
});
