// The ticks of a time axis: at round times of the zone, as far apart as their labels are wide.

import { type Clock, offsetText } from './time.ts';

type Clocks = (millis: number) => Clock;

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000] as const;

/** Distances in milliseconds up to weeks, then in months. */
const spans: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14].map((n) => n * day),
];
const monthCounts: readonly number[] = [1, 3, 6, ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((years) => 12 * years)];

interface Spacing {
  /** About, of months. */
  millis: number;
  /** How many months it is, 0 for what is shorter. */
  months: number;
}

const spacings: readonly Spacing[] = [
  ...spans.map((millis) => ({ millis, months: 0 })),
  ...monthCounts.map((months) => ({ millis: months * 30.44 * day, months })),
];

export interface TimeTicks {
  /** Unix milliseconds, ascending. */
  at: number[];
  /** Two lines at most: the time, and below it, where it changes, the day or year that it is in. */
  labels: string[];
}

/** The ticks from one instant to another, about as many as count at most; one at least if a millisecond lies between. */
export function timeTicks(from: number, to: number, count: number, clock: Clocks): TimeTicks {
  const fitting = spacings.findIndex((s) => (to - from) / s.millis <= Math.max(1, count));
  let i = fitting < 0 ? spacings.length - 1 : fitting;
  let at = place(spacings[i]!, from, to, clock);
  while (at.length === 0 && i > 0) at = place(spacings[--i]!, from, to, clock);
  return { at, labels: labelsOf(at, spacings[i]!, clock) };
}

const place = ({ millis, months }: Spacing, from: number, to: number, clock: Clocks): number[] =>
  months > 0 ? placeMonths(months, from, to, clock) : placeSpans(millis, from, to, clock);

/** The first day of the week is Monday; 1970 began on a Thursday. */
const firstMonday = 4 * day;

/** The instants whose time in the zone is a multiple of span. Where the clock is set back a time comes twice. */
function placeSpans(span: number, from: number, to: number, clock: Clocks): number[] {
  const origin = span >= 7 * day ? firstMonday : 0;
  const local = (t: number): number => t + (span < minute ? 0 : clock(t).offset) - origin;
  const at: number[] = [];
  let t = from - (mod(local(from), span) || span);
  while ((t = nextRound(t, span, local)) <= to) if (t >= from) at.push(t);
  return at;
}

/** The next instant behind t that is round; the first one behind it where a change of the clock leaves that one out. */
function nextRound(t: number, span: number, local: (t: number) => number): number {
  const cell = Math.floor(local(t) / span);
  const next = t + span - mod(local(t), span);
  const over = mod(local(next), span);
  if (over === 0) return next;
  // The clock was set back: the next round time is still ahead.
  if (Math.floor(local(next) / span) <= cell) return next + span - over;
  return mod(local(next - over), span) === 0 && next - over > t ? next - over : next;
}

const mod = (a: number, b: number): number => ((a % b) + b) % b;

/** Midnights of the first of every so many months, counted from January of year 0. */
function placeMonths(months: number, from: number, to: number, clock: Clocks): number[] {
  const { year, month } = clock(from);
  const at: number[] = [];
  for (let i = Math.floor((Number(year) * 12 + Number(month) - 1) / months) * months; ; i += months) {
    const t = instantOf(Date.UTC(Math.floor(i / 12), i % 12, 1), clock);
    if (!(t <= to)) return at;
    if (t >= from) at.push(t);
  }
}

/** When the zone shows a time, given as if it was UTC; the first instant behind it if it never does. */
function instantOf(shown: number, clock: Clocks): number {
  const about = shown - clock(shown).offset;
  const t = shown - clock(about).offset;
  return Math.max(t, t + shown - (t + clock(t).offset));
}

function labelsOf(at: readonly number[], { millis, months }: Spacing, clock: Clocks): string[] {
  const clocks = at.map(clock);
  return clocks.map((c, i) => {
    const before = clocks[i - 1];
    if (months > 0) return monthLabel(c, months);
    return millis >= day ? dayLabel(c, before) : clockLabel(c, at[i]!, millis, before, clocks[0]!);
  });
}

const monthLabel = (c: Clock, months: number): string => (months % 12 === 0 ? c.year : `${c.year}-${c.month}`);

const dayLabel = (c: Clock, before: Clock | undefined): string =>
  `${c.month}-${c.day}${c.year === before?.year ? '' : `\n${c.year}`}`;

function clockLabel(c: Clock, t: number, millis: number, before: Clock | undefined, first: Clock): string {
  const parts = [c.hour, c.minute];
  if (millis < minute) parts.push(c.second + (millis < second ? `.${String(mod(t, second)).padStart(3, '0')}` : ''));
  // Behind a change of the clock the label says so, and so does each that would be the same as one before the change.
  const isNew = (before && before.offset !== c.offset) || (c.repeated && first.offset !== c.offset);
  const changed = isNew ? ` ${offsetText(c.offset)}` : '';
  const date = c.year === before?.year ? (c.day === before.day && c.month === before.month ? '' : `\n${c.month}-${c.day}`) : `\n${c.year}-${c.month}-${c.day}`;
  return parts.join(':') + changed + date;
}
