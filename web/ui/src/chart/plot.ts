// The canvas: what uPlot is told, and the overlay with the line under the cursor. Knows pixels and no page.

import uPlot from 'uplot';
import { type Graph, lengthOf, timeOf } from '../api/graph.ts';
import { dashes, palettes, type Theme } from './colour.ts';
import type { DrawnLine } from './drawn.ts';
import { formatTicks } from './number.ts';
import { clockIn, timeText } from './time.ts';
import { type TimeTicks, timeTicks } from './timeticks.ts';
import { valueRange, valueTicks } from './valueaxis.ts';

/** What is drawn. Two pictures of the same lines in the same order differ only in their data. */
export interface Picture {
  graph: Graph;
  lines: readonly DrawnLine[];
  shown(line: number): boolean;
  /** Zone that Intl knows. */
  zone: string;
  theme: Theme;
  /** A time that gets a line and a label, Unix milliseconds. */
  mark: number | undefined;
}

/** A place on the plot: the value index, the pixel from the plot's left, and the value at the pointer's height. */
export interface Hover {
  index: number;
  left: number;
  value: number;
}

export interface PlotEvents {
  hover(hover: Hover | undefined): void;
  /** A dragged range, Unix milliseconds. */
  zoom(from: number, to: number): void;
  zoomBack(): void;
}

export interface Plot {
  draw(picture: Picture): void;
  /** Draws one line in bold over the others, with a dot at a value; -1 for none. */
  emphasise(line: number, index: number): void;
  /** Moves the cursor to a value, as a pointer would. */
  pointAt(index: number, value: number): void;
  /** Takes the cursor away. */
  leave(): void;
  destroy(): void;
}

/** A drag shorter than this is a click. */
const shortestDragPixels = 5;
/** Labels of the time axis are no wider than 66 px; half of the last one may stand to the right of the plot. */
const timeSpacePixels = 72;
const labelOverhangPixels = 34;
/** Labels of the value axis are at least so far apart. */
const valueSpacePixels = 30;
const axisFont = '12px system-ui, sans-serif';

/**
 * Draws into host and follows its size. The inks come from the host's style, so that they are named once, in the style
 * sheet: text from color, grid from border-top-color, background from background-color, a marked time from outline-color.
 */
export function createPlot(host: HTMLElement, events: PlotEvents): Plot {
  let picture: Picture | undefined;
  let plot: uPlot | undefined;
  const overlay = document.createElement('canvas');
  overlay.className = 'plot-overlay';

  // A picture that arrives during a drag waits for its end: new data would take the selection away.
  let dragging = false;
  let waiting: Picture | undefined;
  const startDrag = (): void => {
    dragging = true;
    document.addEventListener('mouseup', endDrag, { once: true });
  };
  const endDrag = (): void => {
    dragging = false;
    const next = waiting;
    waiting = undefined;
    if (next) draw(next);
  };

  const draw = (next: Picture): void => {
    if (dragging) return void (waiting = next);
    const before = picture;
    picture = next;
    if (!plot || !before || !sameSeries(before, next)) return rebuild(next);
    plot.setData(dataOf(next));
    plot.setCursor({ left: plot.cursor.left ?? -10, top: plot.cursor.top ?? -10 });
  };

  const rebuild = (next: Picture): void => {
    const cursor = plot ? { left: plot.cursor.left ?? -10, top: plot.cursor.top ?? -10 } : undefined;
    plot?.destroy();
    plot = new uPlot(options(host, next, events, () => picture!), dataOf(next), host);
    plot.over.append(overlay);
    plot.over.addEventListener('mousedown', startDrag);
    plot.over.addEventListener('dblclick', events.zoomBack);
    plot.over.addEventListener('pointermove', followTouch);
    if (cursor) plot.setCursor(cursor);
  };

  // uPlot listens to the mouse only; a finger moves the cursor, and scrolls the page when it moves up or down.
  const followTouch = (e: PointerEvent): void => {
    if (e.pointerType !== 'touch' || !plot) return;
    const box = plot.over.getBoundingClientRect();
    plot.setCursor({ left: e.clientX - box.left, top: e.clientY - box.top });
  };

  const resize = new ResizeObserver(() => {
    if (plot && host.clientWidth > 0) plot.setSize({ width: host.clientWidth, height: host.clientHeight });
  });
  resize.observe(host);

  return {
    draw,
    emphasise: (line, index) => plot && picture && paintOverlay(overlay, plot, picture, line, index),
    pointAt(index, value) {
      if (!plot || !picture) return;
      plot.setCursor({ left: plot.valToPos(timeOf(picture.graph, index), 'x'), top: plot.valToPos(value, 'y') });
    },
    leave: () => plot?.setCursor({ left: -10, top: -10 }),
    destroy() {
      resize.disconnect();
      document.removeEventListener('mouseup', endDrag);
      plot?.destroy();
    },
  };
}

function sameSeries(a: Picture, b: Picture): boolean {
  return a.theme === b.theme && a.zone === b.zone && a.lines.length === b.lines.length
    && a.lines.every((line, i) => line.name === b.lines[i]!.name && a.shown(i) === b.shown(i));
}

/** uPlot's columns: times, then per line the values, null where there is none that can be drawn. */
function dataOf({ graph, lines }: Picture): uPlot.AlignedData {
  const times = Array.from({ length: lengthOf(graph) }, (_, i) => timeOf(graph, i));
  return [times, ...lines.map((line) => line.values.map((v) => (Number.isFinite(v) ? v : null)))];
}

function options(host: HTMLElement, first: Picture, events: PlotEvents, now: () => Picture): uPlot.Options {
  const ink = getComputedStyle(host);
  const clock = clockIn(first.zone);
  let times: TimeTicks = { at: [], labels: [] };
  const axis: uPlot.Axis = {
    stroke: ink.color,
    font: axisFont,
    grid: { stroke: ink.borderTopColor, width: 1 },
    ticks: { stroke: ink.borderTopColor, width: 1, size: 4 },
  };
  return {
    width: Math.max(host.clientWidth, 1),
    height: Math.max(host.clientHeight, 1),
    padding: [8, labelOverhangPixels, 0, 0],
    legend: { show: false },
    scales: { x: { time: false, range: () => timeRange(now().graph) }, y: { range: (_, min, max) => valueRange(min, max) } },
    axes: [
      {
        ...axis, size: 44,
        splits: (u, _i, from, to) => (times = timeTicks(from, to, Math.floor(widthOf(u) / timeSpacePixels), clock)).at,
        values: () => times.labels,
      },
      {
        ...axis, size: valueAxisWidth,
        // uPlot would hide an axis whose distances it does not know; it may believe in any, as the ticks are not its own.
        incrs: [5],
        space: 0,
        splits: (u, _i, from, to) => valueTicks(from, to, Math.floor(heightOf(u) / valueSpacePixels)),
        values: (_, ticks) => formatTicks(ticks),
      },
    ],
    series: [{}, ...first.lines.map((line, i) => seriesOf(line, first.shown(i), first.theme, ink.backgroundColor))],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false, dist: shortestDragPixels },
      bind: { dblclick: () => null },
    },
    hooks: {
      setCursor: [(u) => events.hover(hoverOf(u))],
      setSelect: [(u) => zoomTo(u, events)],
      draw: [(u) => {
        const { mark } = now();
        if (mark !== undefined) paintMark(u, mark, timeText(clock(mark)), ink.outlineColor);
      }],
    },
  };
}

function seriesOf({ look }: DrawnLine, show: boolean, theme: Theme, paper: string): uPlot.Series {
  const stroke = palettes[theme][look.colour]!;
  return { show, stroke, width: 1.5, dash: [...dashes[look.dash]!], points: { size: 5, fill: paper, stroke, filter: lonePoints } };
}

/** Where there is room, all points are dots; else only those without a neighbour, as no line would show them. */
const lonePoints: uPlot.Series.Points.Filter = (u, series, show) => {
  if (show) return null;
  const values = u.data[series]!;
  const lone: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) lone.push(i);
  }
  return lone.length > 0 ? lone : null;
};

/** The first to the last value; a single value gets a step on each side. */
function timeRange(graph: Graph): [number, number] {
  const last = graph.end - graph.step;
  return last > graph.start ? [graph.start, last] : [graph.start - graph.step, graph.start + graph.step];
}

/** Of the plotting area, in CSS pixels. */
const widthOf = (u: uPlot): number => u.bbox.width / (window.devicePixelRatio || 1);
const heightOf = (u: uPlot): number => u.bbox.height / (window.devicePixelRatio || 1);

function valueAxisWidth(u: uPlot, labels: string[]): number {
  u.ctx.font = axisFont;
  return Math.ceil(Math.max(24, ...(labels ?? []).map((text) => u.ctx.measureText(text).width))) + 16;
}

function hoverOf(u: uPlot): Hover | undefined {
  const { idx, left = -1, top = -1 } = u.cursor;
  if (idx == null || left < 0 || top < 0) return undefined;
  return { index: idx, left, value: u.posToVal(top, 'y') };
}

function zoomTo(u: uPlot, events: PlotEvents): void {
  const { left, width } = u.select;
  if (width < shortestDragPixels) return;
  u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  events.zoom(u.posToVal(left, 'x'), u.posToVal(left + width, 'x'));
}

/** Paints a line from top to bottom at a time within the plot, and what it is at its top, on the side that has room. */
function paintMark(u: uPlot, at: number, label: string, ink: string): void {
  const { min = NaN, max = NaN } = u.scales.x!;
  if (!(at >= min && at <= max)) return;
  const scale = window.devicePixelRatio || 1;
  const x = Math.round(u.valToPos(at, 'x', true));
  const { left, top, width, height } = u.bbox;
  const { ctx } = u;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = ink;
  ctx.lineWidth = 2 * scale;
  ctx.setLineDash([6 * scale, 4 * scale]);
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, top + height);
  ctx.stroke();
  ctx.font = `600 ${12 * scale}px system-ui, sans-serif`;
  ctx.textBaseline = 'top';
  ctx.textAlign = x < left + width / 2 ? 'left' : 'right';
  ctx.fillText(label, x + (ctx.textAlign === 'left' ? 6 : -6) * scale, top + 2 * scale);
  ctx.restore();
}

/**
 * Paints one line, twice as wide, on a canvas of its own. Dimming the others instead would repaint them all on each
 * move of the pointer: 92 ms rather than 4 ms for 100 lines.
 */
function paintOverlay(canvas: HTMLCanvasElement, u: uPlot, picture: Picture, line: number, index: number): void {
  const scale = window.devicePixelRatio || 1;
  const { clientWidth, clientHeight } = u.over;
  canvas.width = Math.round(clientWidth * scale);
  canvas.height = Math.round(clientHeight * scale);
  const drawn = picture.lines[line];
  const ctx = canvas.getContext('2d');
  if (!drawn || !ctx) return;
  ctx.scale(scale, scale);
  ctx.strokeStyle = ctx.fillStyle = palettes[picture.theme][drawn.look.colour]!;
  ctx.lineWidth = 3;
  ctx.lineJoin = 'round';
  ctx.setLineDash([...dashes[drawn.look.dash]!]);
  ctx.beginPath();
  let pen = false;
  drawn.values.forEach((v, i) => {
    if (!Number.isFinite(v)) return void (pen = false);
    const x = u.valToPos(timeOf(picture.graph, i), 'x');
    const y = u.valToPos(v, 'y');
    if (pen) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
    pen = true;
  });
  ctx.stroke();
  const value = drawn.values[index];
  if (value === undefined || !Number.isFinite(value)) return;
  ctx.beginPath();
  ctx.arc(u.valToPos(timeOf(picture.graph, index), 'x'), u.valToPos(value, 'y'), 4, 0, 2 * Math.PI);
  ctx.fill();
}
