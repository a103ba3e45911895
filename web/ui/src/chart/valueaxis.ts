// The axis of values: what it spans and where its ticks are, from the smallest number there is to the largest.

import uPlot from 'uplot';
import { scaleDown, scaleUp } from './number.ts';

/**
 * From and to: a tenth of room around the values, and zero where it is near; without values, or with nothing but zeros, 0
 * to 1. uPlot takes what is smaller than 1e-16 for nothing, so it is shown numbers of the size of one.
 */
export function valueRange(min: number | null, max: number | null): [number, number] {
  if (min == null || max == null || (min === 0 && max === 0)) return [0, 1];
  const largest = Math.max(Math.abs(min), Math.abs(max));
  const power = largest > 1e-6 && largest < 1e15 ? 0 : Math.floor(Math.log10(largest));
  const range = uPlot.rangeNum(scaleDown(min, power), scaleDown(max, power), 0.1, true) as [number, number];
  const [from, to] = range.map((v) => clamp(scaleUp(v, power), Number.MAX_VALUE)) as [number, number];
  // A range that is no number itself loses its ends.
  return to - from < Infinity ? [from, to] : [clamp(from, Number.MAX_VALUE / 2), clamp(to, Number.MAX_VALUE / 2)];
}

const clamp = (v: number, most: number): number => Math.min(most, Math.max(-most, v));

/** Round values from one to another, as many as count at most, but for two. */
export function valueTicks(from: number, to: number, count: number): number[] {
  const distance = distanceOf(to - from, Math.max(1, count));
  const first = Math.ceil(from / distance - 1e-9);
  const last = Math.floor(to / distance + 1e-9);
  // Digits beyond these are errors of the multiplication.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * distance).toPrecision(15)));
}

/** The least round distance of which a span has no more than count. */
function distanceOf(span: number, count: number): number {
  const power = Math.floor(Math.log10(span));
  const distances = [-2, -1, 0, 1].flatMap((n) => [1, 2, 2.5, 5].map((m) => Number(`${m}e${power + n}`)));
  return distances.find((d) => d > 0 && d * count >= span) ?? span;
}
