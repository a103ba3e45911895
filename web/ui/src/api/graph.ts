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

/** Asks for the lines. params are those of http-api.md section 7.1, without format. */
export async function getGraph(client: Client, params: Params, signal: AbortSignal): Promise<Graph> {
  const all: Params = [...params, ['format', 'v2.json'], ['hints', 'no-image']];
  return decodeGraph(await client.get('api/v1/graph', all, signal));
}

/** Reads an answer; entries of other kinds (images, plots, heatmaps) are passed over. */
export function decodeGraph(body: unknown): Graph {
  const entries = readRecords(body);
  const meta = entries.find((e) => e.type === 'graph-metadata');
  if (!meta) throw new Error('The answer of api/v1/graph has no graph-metadata entry');
  const graph: Graph = {
    start: readNumber(meta.startTime),
    end: readNumber(meta.endTime),
    step: readNumber(meta.step),
    zone: readStrings(meta.timezones)[0] ?? 'UTC',
    warnings: readStrings(meta.warnings),
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

/** Unix milliseconds of value i. */
export const timeOf = (graph: Graph, i: number): number => graph.start + i * graph.step;

/** How many values each line has. */
export const lengthOf = (graph: Graph): number => Math.max(0, Math.round((graph.end - graph.start) / graph.step));
