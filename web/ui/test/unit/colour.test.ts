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

type Triple = [number, number, number];

const linearOf = (hex: string): Triple =>
  [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as Triple;

const times = (m: Triple[], v: Triple): Triple => m.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as Triple;

/** How linear RGB looks with a kind of colour blindness; Machado, Oliveira, Fernandes 2009, severity 1. */
const sights: Record<string, Triple[]> = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

/** Linear RGB to OKLab (Ottosson 2020). */
function okLab(rgb: Triple): Triple {
  const lms = times([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]], rgb);
  return times(
    [[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099], [0.0259040371, 0.7827717662, -0.808675766]],
    lms.map(Math.cbrt) as Triple,
  );
}

// Colours outside the gamut are compared as they are. Clipped, as a screen would, two pairs come closer: dark orange
// and rose under tritan to 0.103, two light ones under protan to 0.121.
test('any two lines stay apart for any sight', () => {
  for (const theme of ['light', 'dark'] as const) {
    for (const [sight, matrix] of Object.entries(sights)) {
      const seen = palettes[theme].map((hex) => okLab(times(matrix, linearOf(hex))));
      seen.forEach((a, i) => seen.slice(0, i).forEach((b, k) => {
        const distance = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
        assert.ok(distance >= 0.12, `${theme}, ${sight}: ${palettes[theme][i]} and ${palettes[theme][k]} are ${distance.toFixed(3)} apart`);
      }));
    }
  }
});

test('every line stands out from its background, 3:1 at least', () => {
  for (const [theme, paper] of [['light', '#ffffff'], ['dark', '#14171c']] as const) {
    for (const colour of palettes[theme]) assert.ok(contrast(colour, paper) >= 3, `${colour} on ${theme}: ${contrast(colour, paper)}`);
  }
});
