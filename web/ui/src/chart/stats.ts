// What the legend says about a line.

/** Over the values shown, values that are not there left out. All NaN when there are none. */
export interface Stats {
  count: number;
  last: number;
  /** Where last is among the values, -1 for nowhere. */
  lastIndex: number;
  avg: number;
  max: number;
  min: number;
}

/** One pass. Infinities count, NaN does not, as in the server's stats.json; last is the last value that is there. */
export function statsOf(values: readonly number[]): Stats {
  const s: Stats = { count: 0, last: NaN, lastIndex: -1, avg: NaN, max: NaN, min: NaN };
  let total = 0;
  for (const [i, v] of values.entries()) {
    if (Number.isNaN(v)) continue;
    s.count++;
    total += v;
    s.last = v;
    s.lastIndex = i;
    if (!(s.max >= v)) s.max = v;
    if (!(s.min <= v)) s.min = v;
  }
  if (s.count > 0) s.avg = total / s.count;
  // The sum of large values may be no number where their average is one.
  if (Math.abs(s.avg) === Infinity) s.avg = values.reduce((sum, v) => (Number.isNaN(v) ? sum : sum + v / s.count), 0);
  return s;
}
