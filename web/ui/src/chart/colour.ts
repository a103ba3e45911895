// Colours by name, so that a line keeps its colour across reloads, ranges and refreshes.
//
// A line's place is the hash of its key; a taken place moves on to the next free one. Eight colours, then the same
// eight dashed: beyond eight, colour alone would not tell the lines apart.

/** Series colours per theme, each at least 3:1 on its background and apart under simulated colour blindness. */
export const palettes = {
  light: ['#1B3BB6', '#EC7002', '#327FA4', '#9B5B50', '#524501', '#A07FF6', '#8E1CFF', '#87066C'],
  dark: ['#1AB1FE', '#FF8D02', '#60F4F4', '#B938AB', '#747417', '#FFDA7D', '#4C69FF', '#BE8AA2'],
} as const;

export type Theme = keyof typeof palettes;

/** Dash lengths in CSS pixels per round through the colours; the first is a full line. */
export const dashes: ReadonlyArray<readonly number[]> = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

/** A place in the palette: colour is an index into palettes, dash one into dashes. */
export interface Look {
  colour: number;
  dash: number;
}

const colours = palettes.light.length;

/** FNV-1a over UTF-16 units, 32 bits unsigned. Not for secrets. */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    h ^= text.charCodeAt(i);
    h = Math.imul(h, 0x01000193);
  }
  return h >>> 0;
}

/** A short name for a key that may be long, for URLs: the hash in base 36. */
export const shortName = (key: string): string => hash(key).toString(36);

/**
 * One look per key, keys being distinct. The result does not depend on the order of the keys. Lines beyond the last
 * place (colours x dashes) share looks.
 */
export function assignLooks(keys: readonly string[]): Look[] {
  const order = keys.map((key, i) => ({ key, i, h: hash(key) }));
  order.sort((a, b) => a.h - b.h || (a.key < b.key ? -1 : 1));
  const looks: Look[] = new Array(keys.length);
  const taken = new Set<number>();
  for (const { i, h } of order) {
    const home = h % colours;
    const place = freePlace(taken, home) ?? home;
    taken.add(place);
    looks[i] = { colour: place % colours, dash: Math.floor(place / colours) };
  }
  return looks;
}

/** Probes the colours from home on, and only when all of one dash are taken those of the next. */
function freePlace(taken: ReadonlySet<number>, home: number): number | undefined {
  for (let dash = 0; dash < dashes.length; dash++) {
    for (let k = 0; k < colours; k++) {
      const place = dash * colours + ((home + k) % colours);
      if (!taken.has(place)) return place;
    }
  }
  return undefined;
}
