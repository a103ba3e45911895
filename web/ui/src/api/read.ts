// Reads single JSON values whose type is not certain. A page must survive an answer it did not expect.

import { isRecord } from './client.ts';

/** A number, or one of the strings "NaN", "Infinity", "-Infinity"; anything else, null included, is NaN. */
export function readNumber(v: unknown): number {
  if (typeof v === 'number') return v;
  if (v === 'Infinity') return Infinity;
  if (v === '-Infinity') return -Infinity;
  return NaN;
}

/** A string; anything else is empty. */
export function readString(v: unknown): string {
  return typeof v === 'string' ? v : '';
}

/** The strings among an array's items; anything else is no strings. */
export function readStrings(v: unknown): string[] {
  return Array.isArray(v) ? v.filter((s): s is string => typeof s === 'string') : [];
}

/** The string properties of an object, in key order; anything else has none. */
export function readTags(v: unknown): Tags {
  if (!isRecord(v)) return [];
  return Object.entries(v)
    .filter((kv): kv is [string, string] => typeof kv[1] === 'string')
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The objects among an array's items; anything else is none. */
export function readRecords(v: unknown): Record<string, unknown>[] {
  return Array.isArray(v) ? v.filter(isRecord) : [];
}

/** Tags as pairs in key order. Pairs, not an object: a tag may be called "__proto__". */
export type Tags = ReadonlyArray<readonly [string, string]>;
