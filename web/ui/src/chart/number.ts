// Numbers as people read them.

const prefixes = ['', '\u00a0k', '\u00a0M', '\u00a0G', '\u00a0T', '\u00a0P', '\u00a0E'];

/** Said where there is no value. */
export const noValue = '–';

/**
 * About four digits with a decimal prefix: 190.3, 31.2 k, 0.0042, 4.2e-7. No value is a dash, infinity is a sign.
 * The blank before the prefix is a no-break blank.
 */
export function formatNumber(v: number): string {
  if (Number.isNaN(v)) return noValue;
  const size = Math.abs(v);
  if (size === Infinity) return v > 0 ? '∞' : '−∞';
  const sign = v < 0 ? '−' : '';
  if (size === 0) return '0';
  if (size < 0.001) return sign + trimZeros(size.toExponential(2));
  return sign + withPrefix(size);
}

/** All digits of a value, for where there is room; undefined for no value. */
export const exactNumber = (v: number | undefined): string | undefined => (v === undefined || Number.isNaN(v) ? undefined : String(v));

function withPrefix(size: number): string {
  let power = 0;
  let scaled = size;
  // 999.95 is written 1000, so it already belongs to the next prefix.
  while (scaled >= 999.95 && power < prefixes.length - 1) {
    power++;
    scaled = size / 1000 ** power;
  }
  if (scaled >= 999.95) return trimZeros(size.toExponential(2));
  const text = scaled.toFixed(scaled >= 99.995 ? 1 : scaled >= 9.9995 ? 2 : scaled >= 0.9995 ? 3 : 5);
  // Zeros stay where they say "about": otherwise a column of live numbers would change its width all the time.
  return (Number(text) === scaled ? trimZeros(text) : text) + prefixes[power];
}

/** Drops zeros behind the point: "1.50" is "1.5", "2.00e-7" is "2e-7". */
function trimZeros(text: string): string {
  return text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '');
}

/**
 * Labels of one value axis: all in the same unit, with as many digits as tell its ticks apart and no fewer than they
 * have, so that no label says another number than its tick. Beyond the prefixes the unit is a power of ten.
 */
export function formatTicks(ticks: readonly number[]): string[] {
  const largest = Math.max(0, ...ticks.map(Math.abs));
  if (largest === 0) return ticks.map(String);
  const power = axisPower(largest);
  const prefix = largest >= 0.001 ? prefixes[power / 3] : undefined;
  const unit = prefix ?? `e${power < 0 ? '' : '+'}${power}`;
  const scaled = ticks.map((t) => scaleDown(t, power));
  const digits = digitsOf(scaled);
  return scaled.map((t) => {
    const text = t.toFixed(digits);
    return Number(text) === 0 ? '0' : text.replace('-', '−') + unit;
  });
}

/** The power of ten in which an axis is written. */
function axisPower(largest: number): number {
  const power = Math.floor(Math.log10(largest) + 1e-12);
  const thousands = Math.max(0, Math.floor(power / 3));
  return largest >= 0.001 && thousands < prefixes.length ? 3 * thousands : power;
}

/** v / 10^power. In two parts, as a single power would be zero for the smallest numbers. */
export const scaleDown = (v: number, power: number): number => (power < -200 ? (v * 1e200) / 10 ** (power + 200) : v / 10 ** power);

/** v * 10^power, likewise. */
export const scaleUp = (v: number, power: number): number => (power < -200 ? v * 10 ** (power + 200) * 1e-200 : v * 10 ** power);

/** More digits than a number has; beyond them are errors of rounding. */
const mostDigits = 15;

/** The fewest digits behind the point with which each tick is itself, within a thousandth of their distance. */
function digitsOf(ticks: readonly number[]): number {
  const distances = ticks.slice(1).map((t, i) => Math.abs(t - ticks[i]!)).filter((d) => d > 0);
  const largest = Math.max(...ticks.map(Math.abs));
  const tolerance = Math.max(distances.length > 0 ? 1e-3 * Math.min(...distances) : 0, 1e-15 * largest);
  for (let digits = 0; digits < mostDigits; digits++) {
    if (ticks.every((t) => Math.abs(Number(t.toFixed(digits)) - t) <= tolerance)) return digits;
  }
  return mostDigits;
}
