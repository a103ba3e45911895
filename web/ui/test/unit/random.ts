// Random input from a seed, for properties. The seed is in the message of a failing test.

/** A generator of numbers in [0, 1) (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const pieces = [
  'name', ',', ':eq', ':', '(', ')', ' ', '&', '=', '#', '?', '%', '+', '/', '\\', '"', "'", '<', '>', '\n', '\t', '\0',
  'é', 'ß', '中', '😀', '‮', '\u{10ffff}', '$', '@', ';', '|', '^', '`', '{}', '%2C', '%zz', '~', 'a', '0',
];

/** Text of up to length pieces, chosen to be trouble for URLs and for the language. */
export function randomText(random: () => number, length = 12): string {
  return Array.from({ length: Math.floor(random() * length) }, () => pieces[Math.floor(random() * pieces.length)]).join('');
}

/** Calls check for many seeds; names the seed that failed. */
export function forSeeds(count: number, check: (random: () => number) => void): void {
  for (let seed = 1; seed <= count; seed++) {
    try {
      check(randomFrom(seed));
    } catch (e) {
      throw new Error(`seed ${seed}: ${e instanceof Error ? e.message : e}`, { cause: e });
    }
  }
}
