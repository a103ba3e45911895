// Which lines a tooltip names.

/** A line and its value under the cursor. */
export interface Reading {
  line: number;
  value: number;
}

/**
 * The limit lines whose values at index at are closest to value, highest first, among those shown. Lines without a
 * finite value there are left out.
 */
export function nearestReadings(
  lines: ReadonlyArray<{ values: readonly number[] }>,
  shown: (line: number) => boolean,
  at: number,
  value: number,
  limit: number,
): Reading[] {
  const readings: Reading[] = [];
  lines.forEach(({ values }, line) => {
    const v = values[at];
    if (v !== undefined && Number.isFinite(v) && shown(line)) readings.push({ line, value: v });
  });
  readings.sort((a, b) => Math.abs(a.value - value) - Math.abs(b.value - value) || a.line - b.line);
  return readings.slice(0, limit).sort((a, b) => b.value - a.value || a.line - b.line);
}

/** The line among readings closest to value, or -1. */
export function closestLine(readings: readonly Reading[], value: number): number {
  let best = -1;
  let distance = Infinity;
  for (const r of readings) {
    const d = Math.abs(r.value - value);
    if (d < distance) [best, distance] = [r.line, d];
  }
  return best;
}
