// The lines of an answer with what drawing adds to them: a key, a look, statistics, and whether they are drawn at all.

import type { Graph, Line } from '../api/graph.ts';
import { assignLooks, type Look, shortName } from './colour.ts';
import { type Stats, statsOf } from './stats.ts';

export interface DrawnLine extends Line {
  /** Short name of the line, unique in the answer, the same in every answer that has the line. */
  name: string;
  look: Look;
  stats: Stats;
}

/**
 * The lines to draw, in the answer's order. Of more than limit lines the ones with the highest maximum are kept: a
 * thousand lines cost seconds and show nothing.
 */
export function drawnLines(graph: Graph, limit: number): DrawnLine[] {
  const keys = distinctKeys(graph.lines);
  const looks = assignLooks(keys);
  const names = distinctNames(keys);
  const all = graph.lines.map((line, i) => ({
    ...line, name: names[i]!, look: looks[i]!, stats: statsOf(line.values),
  }));
  if (all.length <= limit) return all;
  const height = (l: DrawnLine): number => (Number.isNaN(l.stats.max) ? -Infinity : l.stats.max);
  const kept = new Set([...all].sort((a, b) => height(b) - height(a)).slice(0, limit));
  return all.filter((line) => kept.has(line));
}

/** The label is the key; equal labels are told apart by their tags, and equal tags by their order. */
function distinctKeys(lines: readonly Line[]): string[] {
  const seen = new Set<string>();
  return lines.map((line) => {
    let key = line.label;
    if (seen.has(key)) key += ` ${JSON.stringify(line.tags)}`;
    for (let n = 2; seen.has(key); n++) key = `${line.label} ${n}`;
    seen.add(key);
    return key;
  });
}

/** Short names; keys with the same hash, one pair in about 9,000 answers of 1,000 lines, are told apart by their order. */
function distinctNames(keys: readonly string[]): string[] {
  const seen = new Set<string>();
  return keys.map((key) => {
    let name = shortName(key);
    while (seen.has(name)) name += '-';
    seen.add(name);
    return name;
  });
}

/** Whether a line is shown, given the names that are isolated; names that no line has isolate nothing. */
export function shownBy(lines: readonly DrawnLine[], only: readonly string[]): (line: number) => boolean {
  const wanted = new Set(only);
  const found = lines.some((l) => wanted.has(l.name));
  return (i) => !found || wanted.has(lines[i]!.name);
}

/**
 * The isolation after a click on a line. Alone: it alone, or all again if it was alone already. Together with others:
 * it joins or leaves them.
 */
export function isolated(only: readonly string[], name: string, together: boolean): string[] {
  if (!together) return only.length === 1 && only[0] === name ? [] : [name];
  return only.includes(name) ? only.filter((n) => n !== name) : [...only, name];
}
