// The table twin of a chart: the same numbers, newest first.

import { useMemo, useState } from 'preact/hooks';
import { type Graph, lengthOf, timeOf } from '../api/graph.ts';
import { shortLabel } from '../ui/text.ts';
import type { DrawnLine } from './drawn.ts';
import { exactNumber, formatNumber } from './number.ts';
import { clockIn, fullText, intlZone } from './time.ts';

const rowsPerPage = 60;
const mostColumns = 30;

export interface ValueTableProps {
  graph: Graph;
  lines: readonly DrawnLine[];
  shown(line: number): boolean;
  /** A time to mark, Unix milliseconds: that of the first value that is not before it. */
  mark: number | undefined;
}

export function ValueTable({ graph, lines, shown, mark }: ValueTableProps) {
  const [pages, setPages] = useState(1);
  const clock = useMemo(() => clockIn(intlZone(graph.zone)), [graph.zone]);
  const visibleLines = lines.filter((_, i) => shown(i));
  const columns = visibleLines.slice(0, mostColumns);
  const count = lengthOf(graph);
  const rows = Math.min(count, pages * rowsPerPage);
  const marked = mark === undefined ? -1 : Math.ceil((mark - graph.start) / graph.step);
  return (
    <div class="values" tabIndex={0} role="region" aria-label="Values of the chart">
      <table>
        <thead>
          <tr>
            <th scope="col">{graph.zone}</th>
            {columns.map((line) => <th key={line.name} scope="col" class="number"><bdi>{shortLabel(line.label, 60)}</bdi></th>)}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, row) => count - 1 - row).map((i) => (
            <tr key={i} class={i === marked ? 'marked' : ''}>
              <th scope="row" class="time">{fullText(clock(timeOf(graph, i)))}{i === marked && <strong> marked</strong>}</th>
              {columns.map((line) => <td key={line.name} class="number" title={exactNumber(line.values[i])}>{formatNumber(line.values[i] ?? NaN)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
      {rows < count && <button onClick={() => setPages(pages + 1)}>Show {Math.min(rowsPerPage, count - rows)} earlier rows</button>}
      {columns.length < visibleLines.length && <p class="meta">{mostColumns} of {visibleLines.length} lines. Click one in the legend to see it alone.</p>}
    </div>
  );
}
