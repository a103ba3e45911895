// GET api/v1/graph as v2.json: an array of typed entries, of which Explore needs three kinds.
//
// v2.json rather than std.json, because it is column-major (one array per line, as the chart wants it) and carries the
// tags, the grouping, the zone and filter messages per line. Statistics are in neither, so chart/stats.ts makes them.

import { type Client, type Params } from './client.ts';
import { readNumber, readRecords, readString, readStrings, readTags, type Tags } from './read.ts';

/** One answer. Times are Unix milliseconds; the value i of a line belongs to start + i * step. */
export interface Graph {
  start: number;
  /** Exclusive: one step after the last value. */
  end: number;
  step: number;
  /** When the server answered. */
  asked: number;
  /** Primary zone, as the server spells it. */
  zone: string;
  /** What the server wants to be said about the answer. */
  warnings: string[];
  lines: Line[];
}

/** One line of the answer. NaN means no value. */
export interface Line {
  label: string;
  tags: Tags;
  values: number[];
}

/** Asks for the lines. params are those of the graph API, without format. */
export async function getGraph(client: Client, params: Params, signal: AbortSignal): Promise<Graph> {
  const all: Params = [...params, ['format', 'v2.json'], ['hints', 'no-image,why-empty']];
  return decodeGraph(await client.graph(all, signal), client.now());
}

/** Reads an answer; entries of other kinds (images, plots, heatmaps) are passed over. */
export function decodeGraph(body: unknown, asked: number): Graph {
  const entries = readRecords(body);
  const meta = entries.find((e) => e.type === 'graph-metadata');
  if (!meta) throw new Error('The answer of api/v1/graph has no graph-metadata entry');
  const graph: Graph = {
    start: readNumber(meta.startTime),
    end: readNumber(meta.endTime),
    step: readNumber(meta.step),
    asked,
    zone: readStrings(meta.timezones)[0] ?? 'UTC',
    warnings: [...new Set([...readStrings(meta.warnings), ...readStrings(meta.notices)])],
    lines: [],
  };
  if (!(graph.step > 0) || !Number.isFinite(graph.start)) {
    throw new Error('The answer of api/v1/graph has no start time or no step');
  }
  for (const entry of entries) {
    if (entry.type === 'timeseries') graph.lines.push(decodeLine(entry));
    if (entry.type === 'message') graph.warnings.push(readString(entry.label));
  }
  return graph;
}

function decodeLine(entry: Record<string, unknown>): Line {
  const data = readRecords([entry.data])[0]?.values;
  return {
    label: readString(entry.label),
    tags: readTags(entry.tags),
    values: Array.isArray(data) ? data.map(readNumber) : [],
  };
}

/** The server's line for an expression that no series matches; it stands for nothing, and is none of its lines. */
export const isNoData = (line: Line): boolean =>
  line.tags.some(([k, v]) => k === 'name' && v === 'NO_DATA') && line.values.every(Number.isNaN);

/** The lines that series stand behind. */
export const dataLines = (graph: Graph): Line[] => graph.lines.filter((line) => !isNoData(line));

/** A number that stands in the query, drawn as a line: a threshold. Nobody sends it. */
const isConstant = (line: Line): boolean => line.tags.some(([k, v]) => k === 'name' && v.trim() !== '' && Number.isFinite(Number(v)));

/**
 * The graph without the values that are not whole yet. The value at T is about (T - step, T]; where that is several
 * steps of the store, the last of these has the time of one to come in, and until then a sum is a part of itself.
 */
export function wholeSteps(graph: Graph, storeStep: number): Graph {
  const whole = Math.floor((graph.asked - storeStep - graph.start) / graph.step) + 1;
  if (!(storeStep > 0) || graph.step <= storeStep || whole >= lengthOf(graph)) return graph;
  const lines = graph.lines.map((line) =>
    isConstant(line) ? line : { ...line, values: line.values.map((v, i) => (i < whole ? v : NaN)) });
  return { ...graph, lines };
}

/** Values this many steps before the end of a live answer are old: one step is not over, and one may be under way. */
const oldSteps = 2;

/** How old the last value of a line is at the last step of the answer that is not to come, milliseconds; 0 while it is as new as can be. */
export function ageOf(graph: Graph, lastIndex: number): number {
  const newest = Math.min(lengthOf(graph) - 1, Math.floor((graph.asked - graph.start) / graph.step));
  const missing = newest - lastIndex;
  return lastIndex >= 0 && missing > oldSteps ? missing * graph.step : 0;
}

/** The time of the newest value that was sent, if it is old; 0 if there is none at all, undefined while values come. */
export function waitingSince(graph: Graph): number | undefined {
  const sent = graph.lines.filter((line) => !isConstant(line));
  if (sent.length === 0 && graph.lines.length > 0) return undefined;
  const newest = Math.max(-1, ...sent.map((line) => line.values.findLastIndex((v) => !Number.isNaN(v))));
  if (newest < 0) return 0;
  return ageOf(graph, newest) > 0 ? timeOf(graph, newest) : undefined;
}

/** Asks for the step in which the server stores, milliseconds. */
export async function getStep(client: Client, signal: AbortSignal): Promise<number> {
  return (await getGraph(client, [['q', '0'], ['s', 'e-1m'], ['e', 'now'], ['w', '1000']], signal)).step;
}

/** Unix milliseconds of value i. */
export const timeOf = (graph: Graph, i: number): number => graph.start + i * graph.step;

/** How many values each line has. */
export const lengthOf = (graph: Graph): number => Math.max(0, Math.round((graph.end - graph.start) / graph.step));
