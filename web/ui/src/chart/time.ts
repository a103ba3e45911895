// Times as people read them: ISO order, 24 hours, in the zone of the answer. Intl knows the zones.

/** A zone name of the API (a Java zone id) as Intl wants it; UTC if Intl does not know it. */
export function intlZone(zone: string): string {
  const offset = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(zone);
  const name = zone === 'Z' || zone === '' ? 'UTC' : offset ? `${offset[1]}${offset[2]!.padStart(2, '0')}:${offset[3] ?? '00'}` : zone;
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return name;
  } catch {
    return 'UTC';
  }
}

/** Calendar fields of one instant in one zone, two digits each, four for the year. */
export interface Clock {
  /** What the zone is ahead of UTC, in milliseconds. */
  offset: number;
  /** The zone shows this time twice, as its clock is set back. */
  repeated: boolean;
  year: string;
  month: string;
  day: string;
  hour: string;
  minute: string;
  second: string;
}

/** Makes a reader of instants (Unix milliseconds) in a zone that Intl knows. Making one is dear, using it is not. */
export function clockIn(zone: string): (millis: number) => Clock {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric', month: '2-digit', day: '2-digit',
    hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
  });
  const read = (millis: number): Omit<Clock, 'repeated'> => {
    const f: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(millis)) f[type] = value;
    const shown = Date.UTC(Number(f.year), Number(f.month) - 1, Number(f.day), Number(f.hour), Number(f.minute), Number(f.second));
    return { ...(f as unknown as Clock), offset: shown - Math.floor(millis / 1000) * 1000 };
  };
  /** Whether another instant, some hours before or after, is shown as this one. */
  const isTwin = (millis: number, offset: number, other: number): boolean =>
    other !== offset && read(millis + offset - other).offset === other;
  return (millis) => {
    const c = read(millis);
    // Looked up only where it is asked for: it takes four more readings.
    const get = (): boolean => [-nearbyMillis, nearbyMillis].some((by) => isTwin(millis, c.offset, read(millis + by).offset));
    return Object.defineProperty(c as Clock, 'repeated', { get });
  };
}

/** Longer than a clock is ever set back at once, and shorter than between two changes. */
const nearbyMillis = 3 * 3_600_000;

/** What a zone is ahead of UTC: +01, −03:30. */
export function offsetText(millis: number): string {
  const minutes = Math.round(Math.abs(millis) / 60_000);
  const [h, m] = [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, '0'));
  return `${millis < 0 ? '−' : '+'}${h}${m === '00' ? '' : `:${m}`}`;
}

/** 14:02:10, and what the zone is ahead of UTC where the time alone could be either of two: 02:30:00 +01 */
export const timeText = (c: Clock): string => `${c.hour}:${c.minute}:${c.second}${c.repeated ? ` ${offsetText(c.offset)}` : ''}`;

/** 2026-11-22 14:02:10 */
export const fullText = (c: Clock): string => `${c.year}-${c.month}-${c.day} ${timeText(c)}`;

/** An instant as the API takes it, and as a person can edit it: 2026-11-22T14:02:10Z, milliseconds only if there are any. */
export function isoText(millis: number): string {
  return new Date(millis).toISOString().replace('.000Z', 'Z');
}

const units: ReadonlyArray<readonly [string, number]> = [
  ['d', 86_400_000], ['h', 3_600_000], ['m', 60_000], ['s', 1000],
];

/** A duration with its two largest units: 3 h 20 m, 14 m, 5 s. Less than a second is 0 s. */
export function durationText(millis: number): string {
  const parts: string[] = [];
  let rest = Math.max(0, millis);
  for (const [name, size] of units) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0) parts.push(`${n} ${name}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0 s';
}
