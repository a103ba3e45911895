// Moving and resizing the time range. Relative ranges stay text; what is dragged or shifted becomes absolute.

import { isoText } from '../chart/time.ts';
import { shortLabel } from '../ui/text.ts';

/** The s and e of the API. */
export interface Range {
  s: string;
  e: string;
}

/** What the range menu offers: a length before now. */
export const presets: ReadonlyArray<readonly [label: string, length: string]> = [
  ['Last 5 minutes', '5m'], ['Last 15 minutes', '15m'], ['Last 30 minutes', '30m'], ['Last hour', '1h'],
  ['Last 3 hours', '3h'], ['Last 6 hours', '6h'], ['Last 12 hours', '12h'], ['Last day', '1d'],
  ['Last 2 days', '2d'], ['Last week', '1w'], ['Last 30 days', '30d'],
];

export const presetRange = (length: string): Range => ({ s: `e-${length}`, e: 'now' });

/** The preset length that a range is, or undefined. */
export function presetOf({ s, e }: Range): string | undefined {
  if (e !== 'now') return undefined;
  return presets.find(([, length]) => s === `e-${length}` || s === `now-${length}`)?.[1];
}

/**
 * Whether the range moves on with the clock. As in the API, any word but epoch, s and e stands for now, alone or
 * with a distance; s in e, and e in s, stands for the other end.
 */
export function moves({ s, e }: Range): boolean {
  return isNow(s) || isNow(e);
}

function isNow(time: string): boolean {
  const word = /^([a-z]+)(?:[+-]|$)/.exec(time)?.[1];
  return word !== undefined && word !== 'epoch' && word !== 's' && word !== 'e';
}

const units = '(?:ns|us|μs|ms|s|seconds?|m|min|minutes?|h|hours?|d|days?|w|wk|weeks?|months?|y|years?)';
const moved = `(?:[-+](?:\\d+${units}|P(?=\\d|T\\d)(?:\\d+D)?(?:T(?:\\d+H)?(?:\\d+M)?(?:\\d+(?:\\.\\d+)?S)?)?))?`;
const timeForm = (names: string): RegExp => new RegExp(`^(?:(?:${names})|\\d+)${moved}$`);
const forms = { s: timeForm('now|epoch|e'), e: timeForm('now|epoch|s') } as const;
const dateForm = /^(\d{4}-\d\d-\d\d)(?:T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?)?(?:Z|[-+]\d\d(?::?\d\d){0,2})?(?:\[[^\]]+\])?$/i;

/** Which end of a range is no time, and why; undefined if both are. The API takes any word for now, here it is refused. */
export function rangeProblem(range: Range): { name: 's' | 'e'; why: string } | undefined {
  for (const name of ['s', 'e'] as const) {
    const text = range[name];
    const day = dateForm.exec(text)?.[1];
    if (text === '' || forms[name].test(text) || (day !== undefined && isDay(day))) continue;
    return { name, why: `${shortLabel(text, 60)} is no time. Write a distance, a date or Unix seconds.` };
  }
  return undefined;
}

/** The calendar has it: there is no February 30. */
function isDay(text: string): boolean {
  const t = Date.parse(text);
  return !Number.isNaN(t) && new Date(t).toISOString().startsWith(text);
}

/** What an answer covers: first and last value, Unix milliseconds, and their distance. */
export interface Covered {
  first: number;
  last: number;
  step: number;
}

/** The range whose answer begins at from and ends at to, both moved outwards to steps, and at least two steps long. */
export function zoomRange(from: number, to: number, { step }: Covered): Range {
  let first = Math.floor(from / step) * step;
  let last = Math.ceil(to / step) * step;
  if (last - first < 2 * step) [first, last] = [first - step, first + step];
  // The answer begins one step behind s.
  return { s: isoText(first - step), e: isoText(last) };
}

/** Moves by a fraction of its length: -0.5 is half a screen back. */
export function shiftRange(covered: Covered, fraction: number): Range {
  const by = (covered.last - covered.first) * fraction;
  return zoomRange(covered.first + by, covered.last + by, covered);
}

/** Resizes around its middle: factor 2 shows twice as much. */
export function scaleRange(covered: Covered, factor: number): Range {
  const middle = (covered.first + covered.last) / 2;
  const half = Math.max(covered.step, ((covered.last - covered.first) / 2) * factor);
  return zoomRange(middle - half, middle + half, covered);
}
