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

function withPrefix(size: number): string {
  let power = 0;
  let scaled = size;
  // 999.95 is written 1000, so it already belongs to the next prefix.
  while (scaled >= 999.95 && power < prefixes.length - 1) {
    scaled /= 1000;
    power++;
  }
  if (scaled >= 999.95) return trimZeros(size.toExponential(2));
  const text = scaled.toFixed(scaled >= 100 ? 1 : scaled >= 10 ? 2 : scaled >= 0.9995 ? 3 : 5);
  // Zeros stay where they say "about": otherwise a column of live numbers would change its width all the time.
  return (Number(text) === scaled ? trimZeros(text) : text) + prefixes[power];
}

/** Drops zeros behind the point: "1.50" is "1.5", "2.00e-7" is "2e-7". */
function trimZeros(text: string): string {
  return text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '');
}

/** Labels of one value axis: all with the same prefix and as many digits as their distance needs. */
export function formatTicks(ticks: readonly number[]): string[] {
  const largest = Math.max(0, ...ticks.map(Math.abs));
  const distance = ticks.length > 1 ? Math.abs(ticks[1]! - ticks[0]!) : largest;
  if (largest === 0) return ticks.map(String);
  if (largest < 0.001 || largest >= 1e21) return ticks.map((t) => (t === 0 ? '0' : trimZeros(t.toExponential(3))));
  let power = 0;
  while (largest / 1000 ** power >= 1000 && power < prefixes.length - 1) power++;
  const unit = 1000 ** power;
  const digits = Math.min(8, Math.max(0, -Math.floor(Math.log10(distance / unit) + 1e-9)));
  return ticks.map((t) => (t === 0 ? '0' : (t / unit).toFixed(digits).replace('-', '−') + prefixes[power]));
}
