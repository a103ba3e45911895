import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignLooks, dashes, hash, palettes } from '../../src/chart/colour.ts';
import { forSeeds, randomText } from './random.ts';

const places = palettes.light.length * dashes.length;
const place = (l: { colour: number; dash: number }): string => `${l.colour}/${l.dash}`;

test('FNV-1a has its published values', () => {
  assert.equal(hash(''), 0x811c9dc5);
  assert.equal(hash('a'), 0xe40c292c);
  assert.equal(hash('foobar'), 0xbf9cf968);
});

test('a key alone has the colour of its hash, with a full line', () => {
  for (const key of ['api', 'web', 'a,b']) assert.deepEqual(assignLooks([key]), [{ colour: hash(key) % 8, dash: 0 }]);
});

test('eight lines have eight colours, and no dash', () => {
  const looks = assignLooks(Array.from({ length: 8 }, (_, i) => `line ${i}`));
  assert.equal(new Set(looks.map((l) => l.colour)).size, 8);
  assert.ok(looks.every((l) => l.dash === 0));
});

test('looks do not depend on order, and differ while there are enough', () => {
  forSeeds(300, (random) => {
    const keys = [...new Set(Array.from({ length: 1 + Math.floor(random() * 50) }, () => randomText(random)))];
    const looks = assignLooks(keys);
    const shuffled = keys.map((key) => ({ key, at: random() })).sort((a, b) => a.at - b.at).map((k) => k.key);
    const again = assignLooks(shuffled);
    keys.forEach((key, i) => assert.deepEqual(looks[i], again[shuffled.indexOf(key)]));
    assert.equal(new Set(looks.map(place)).size, Math.min(keys.length, places));
  });
});

/** Contrast of two colours after WCAG 2.2: relative luminance of sRGB. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string): number => {
    const [r, g, bl] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * bl!;
  };
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (hi! + 0.05) / (lo! + 0.05);
}

test('every line stands out from its background, 3:1 at least', () => {
  for (const [theme, paper] of [['light', '#ffffff'], ['dark', '#14171c']] as const) {
    for (const colour of palettes[theme]) assert.ok(contrast(colour, paper) >= 3, `${colour} on ${theme}: ${contrast(colour, paper)}`);
  }
});
