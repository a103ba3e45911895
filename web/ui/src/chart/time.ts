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
  return (millis) => {
    const fields: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(millis)) fields[type] = value;
    return fields as unknown as Clock;
  };
}

/** 14:02:10 */
export const timeText = (c: Clock): string => `${c.hour}:${c.minute}:${c.second}`;

/** 2026-11-22 14:02:10 */
export const fullText = (c: Clock): string => `${c.year}-${c.month}-${c.day} ${timeText(c)}`;

/** An instant as the API takes it, and as a person can edit it: 2026-11-22T14:02:10Z, milliseconds only if there are any. */
export function isoText(millis: number): string {
  return new Date(millis).toISOString().replace('.000Z', 'Z');
}

const dayMillis = 86_400_000;

/**
 * Labels of a time axis whose ticks are spacing milliseconds apart: the date below the first tick and below each tick
 * that begins a day, elsewhere only the time, with seconds if the ticks need them.
 */
export function formatTimeTicks(ticks: readonly number[], spacing: number, clock: (millis: number) => Clock): string[] {
  let lastDay = '';
  return ticks.map((t) => {
    const c = clock(t);
    const day = `${c.month}-${c.day}`;
    if (spacing >= dayMillis) return day;
    const text = spacing < 60_000 ? timeText(c) : `${c.hour}:${c.minute}`;
    const first = day !== lastDay;
    lastDay = day;
    return first ? `${text}\n${day}` : text;
  });
}

const units: ReadonlyArray<readonly [string, number]> = [
  ['d', dayMillis], ['h', 3_600_000], ['m', 60_000], ['s', 1000],
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
