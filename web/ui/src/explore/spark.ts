// A line as small as a word.

/** An SVG path of the values in a box of width x height, gaps where a value is missing; empty when there is none. */
export function sparkPath(values: readonly number[], width: number, height: number): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return '';
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const x = (i: number): number => (values.length > 1 ? (i / (values.length - 1)) * width : width / 2);
  const y = (v: number): number => (high > low ? height - 1 - ((v - low) / (high - low)) * (height - 2) : height / 2);
  let path = '';
  let pen = 'M';
  values.forEach((v, i) => {
    if (!Number.isFinite(v)) return void (pen = 'M');
    path += `${pen}${round(x(i))} ${round(y(v))}`;
    pen = 'L';
  });
  return path;
}

const round = (n: number): number => Math.round(n * 10) / 10;
