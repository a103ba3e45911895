// The words of a chart, for those who cannot see it and for the announcement after a load.

import { ageOf, type Graph, lengthOf } from '../api/graph.ts';
import { isolate, shortLabel } from '../ui/text.ts';
import { formatNumber } from './number.ts';
import { statsOf } from './stats.ts';
import { type Clock, durationText, fullText } from './time.ts';

/** How many lines are named one by one. */
const namedLines = 5;

/** Range, number of lines, for the first few their extremes and last value, and the time that is marked, if one is. */
export function summaryOf(graph: Graph, clock: (millis: number) => Clock, mark?: number): string {
  const count = graph.lines.length;
  const range = `from ${fullText(clock(graph.start))} to ${fullText(clock(graph.end - graph.step))} ${graph.zone}`;
  if (count === 0 || lengthOf(graph) === 0) return `Chart without lines, ${range}.`;
  const named = graph.lines.slice(0, namedLines).map((line) => {
    const s = statsOf(line.values);
    const label = isolate(shortLabel(line.label, 80));
    if (s.count === 0) return `${label}: no values.`;
    const age = ageOf(graph, s.lastIndex);
    return `${label}: last ${formatNumber(s.last)}${age > 0 ? ` (${durationText(age)} before the end)` : ''}, lowest ${formatNumber(s.min)}, highest ${formatNumber(s.max)}.`;
  });
  const more = count > namedLines ? [`${count - namedLines} more.`] : [];
  if (mark !== undefined) more.push(`Marked: ${fullText(clock(mark))}.`);
  return [`Chart of ${count} ${count === 1 ? 'line' : 'lines'}, ${range}.`, ...named, ...more].join(' ');
}
