// The words of a chart, for those who cannot see it and for the announcement after a load.

import { type Graph, lengthOf } from '../api/graph.ts';
import { isolate, shortLabel } from '../ui/text.ts';
import { formatNumber } from './number.ts';
import { statsOf } from './stats.ts';
import { type Clock, fullText } from './time.ts';

/** How many lines are named one by one. */
const namedLines = 5;

/** Range, number of lines, and for the first few their extremes and last value. */
export function summaryOf(graph: Graph, clock: (millis: number) => Clock): string {
  const count = graph.lines.length;
  const range = `from ${fullText(clock(graph.start))} to ${fullText(clock(graph.end - graph.step))} ${graph.zone}`;
  if (count === 0 || lengthOf(graph) === 0) return `Chart without lines, ${range}.`;
  const named = graph.lines.slice(0, namedLines).map((line) => {
    const s = statsOf(line.values);
    const label = isolate(shortLabel(line.label, 80));
    if (s.count === 0) return `${label}: no values.`;
    return `${label}: last ${formatNumber(s.last)}, lowest ${formatNumber(s.min)}, highest ${formatNumber(s.max)}.`;
  });
  const more = count > namedLines ? [`${count - namedLines} more.`] : [];
  return [`Chart of ${count} ${count === 1 ? 'line' : 'lines'}, ${range}.`, ...named, ...more].join(' ');
}
