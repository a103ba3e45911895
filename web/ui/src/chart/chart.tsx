// A chart with its cursor: pointer, keyboard, tooltip, and the words for those who cannot see it.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Graph, lengthOf, timeOf } from '../api/graph.ts';
import { isolate, shortLabel } from '../ui/text.ts';
import type { Theme } from './colour.ts';
import type { DrawnLine } from './drawn.ts';
import { closestLine, nearestReadings, type Reading } from './nearest.ts';
import { formatNumber } from './number.ts';
import { createPlot, type Hover, type Plot, type PlotEvents } from './plot.ts';
import { summaryOf } from './summary.ts';
import { clockIn, fullText, intlZone, timeText } from './time.ts';
import { Tooltip } from './tooltip.tsx';

export interface ChartProps {
  graph: Graph;
  lines: readonly DrawnLine[];
  shown(line: number): boolean;
  theme: Theme;
  /** A time to mark, Unix milliseconds. */
  mark: number | undefined;
  /** The answer on show belongs to an earlier question. */
  stale: boolean;
  onZoom: PlotEvents['zoom'];
  onZoomBack: PlotEvents['zoomBack'];
  onWidth(pixels: number): void;
}

const tooltipLines = 8;
/** A held arrow key is announced at most this often. */
const announceMillis = 300;

export function Chart(props: ChartProps) {
  const { graph, lines, shown, theme, mark } = props;
  const zone = useMemo(() => intlZone(graph.zone), [graph.zone]);
  const clock = useMemo(() => clockIn(zone), [zone]);
  const summary = useMemo(() => summaryOf(graph, clock, mark), [graph, clock, mark]);
  const [hover, setHover] = useState<Hover | undefined>(undefined);
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    plot.current = createPlot(host.current!, {
      hover: setHover,
      zoom: (from, to) => latest.current.onZoom(from, to),
      zoomBack: () => latest.current.onZoomBack(),
    });
    return () => plot.current?.destroy();
  }, []);
  useEffect(() => {
    latest.current.onWidth(host.current!.clientWidth);
    plot.current?.draw({ graph, lines, shown, zone, theme, mark });
  }, [graph, lines, shown, zone, theme, mark]);

  const index = hover && hover.index < lengthOf(graph) ? hover.index : -1;
  const readings = index < 0 ? [] : nearestReadings(lines, shown, index, hover!.value, Infinity);
  const closest = hover ? closestLine(readings, hover.value) : -1;
  useEffect(() => plot.current?.emphasise(closest, index), [closest, index, graph, theme]);

  const near = index < 0 ? [] : nearestReadings(lines, shown, index, hover!.value, tooltipLines);
  const announcement = useAnnouncement(hover && index >= 0 ? announce(timeText(clock(timeOf(graph, index))), lines, readings, closest) : '');
  const onKeyDown = (e: KeyboardEvent): void => {
    const to = plot.current && keyTarget(e, graph, readings, index, closest);
    if (e.key === 'Escape' && index >= 0) plot.current?.leave();
    else if (to) plot.current?.pointAt(to.index, to.value ?? valueNear(lines, shown, to.index, hover));
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  const plotLeft = hover ? offsetLeft(host.current) + hover.left : 0;

  return (
    <div
      class={props.stale ? 'chart stale' : 'chart'}
      role="application"
      aria-roledescription="chart"
      aria-label="Chart cursor: arrow keys left and right move in time, up and down from line to line"
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={() => plot.current?.leave()}
    >
      <div class="plot" ref={host} role="img" aria-label={summary} />
      {hover && index >= 0 && (
        <Tooltip
          time={fullText(clock(timeOf(graph, index)))}
          lines={lines}
          readings={near}
          closest={closest}
          more={readings.length - near.length}
          left={plotLeft}
          width={host.current?.clientWidth ?? 0}
          theme={theme}
        />
      )}
      <div class="visually-hidden" aria-live="polite">{announcement}</div>
    </div>
  );
}

/** Where a key moves the cursor: to an index, and, for another line, to that line's value; undefined for other keys. */
function keyTarget(
  e: KeyboardEvent, graph: Graph, readings: readonly Reading[], index: number, closest: number,
): { index: number; value?: number } | undefined {
  const last = lengthOf(graph) - 1;
  if (last < 0 || e.ctrlKey || e.metaKey || e.altKey) return undefined;
  const far = e.shiftKey ? 10 : 1;
  const clamp = (i: number): { index: number } => ({ index: Math.min(last, Math.max(0, i)) });
  switch (e.key) {
    case 'ArrowLeft': return clamp(index < 0 ? last : index - far);
    case 'ArrowRight': return clamp(index < 0 ? last : index + far);
    case 'Home': return clamp(0);
    case 'End': return clamp(last);
    case 'ArrowUp': case 'ArrowDown': {
      if (index < 0) return clamp(last);
      const at = readings.findIndex((r) => r.line === closest);
      const next = readings[at + (e.key === 'ArrowUp' ? -1 : 1)];
      return { index, value: (next ?? readings[at])?.value };
    }
    default: return undefined;
  }
}

/** The value to point at in a new column: of the line closest to where the cursor was, or the highest at first. */
function valueNear(lines: readonly DrawnLine[], shown: (line: number) => boolean, index: number, hover: Hover | undefined): number {
  const readings = nearestReadings(lines, shown, index, hover?.value ?? Infinity, Infinity);
  const line = hover ? closestLine(readings, hover.value) : readings[0]?.line;
  return readings.find((r) => r.line === line)?.value ?? hover?.value ?? 0;
}

function announce(time: string, lines: readonly DrawnLine[], readings: readonly Reading[], closest: number): string {
  const reading = readings.find((r) => r.line === closest);
  if (!reading) return `${time}, no value`;
  return `${time}, ${isolate(shortLabel(lines[closest]!.label, 80))}: ${formatNumber(reading.value)}`;
}

/** The newest text, changed at most once per announceMillis, so that a screen reader keeps up. */
function useAnnouncement(text: string): string {
  const [said, say] = useState('');
  useEffect(() => {
    const id = setTimeout(() => say(text), announceMillis);
    return () => clearTimeout(id);
  }, [text]);
  return said;
}

/** Pixels between the left edge of the host and of the plotting area. */
function offsetLeft(host: HTMLElement | null): number {
  const over = host?.querySelector('.u-over');
  return host && over ? over.getBoundingClientRect().left - host.getBoundingClientRect().left : 0;
}
