// Places in a program, as the server counts them (bytes of UTF-8) and as the editor does (units of UTF-16).

/** A half-open range of UTF-16 units. */
export interface Span {
  start: number;
  end: number;
}

/**
 * Turns a byte range of the UTF-8 form of text into a range of UTF-16 units. Ends inside a character move outwards to
 * its edges; what lies behind the end of the text is cut. A lone surrogate counts three bytes, as its replacement does.
 */
export function byteSpan(text: string, offset: number, length: number): Span {
  let bytes = 0;
  let units = 0;
  let start = -1;
  for (const char of text) {
    if (bytes >= offset + length && start >= 0) break;
    const size = utf8Length(char.codePointAt(0)!);
    if (start < 0 && offset < bytes + size) {
      start = units;
      if (length === 0) return { start, end: start };
    }
    bytes += size;
    units += char.length;
  }
  return start < 0 ? { start: text.length, end: text.length } : { start, end: units };
}

/** Makes the function that byteSpan is for many places in one text: from a byte to the unit where its character begins. */
export function unitsIn(text: string): (byte: number) => number {
  const units: number[] = [];
  let unit = 0;
  for (const char of text) {
    for (let i = utf8Length(char.codePointAt(0)!); i > 0; i--) units.push(unit);
    unit += char.length;
  }
  return (byte) => units[byte] ?? text.length;
}

/** How many bytes the first units of text are. */
export function bytesBefore(text: string, unit: number): number {
  let bytes = 0;
  for (const char of text.slice(0, unit)) bytes += utf8Length(char.codePointAt(0)!);
  return bytes;
}

function utf8Length(code: number): number {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/**
 * The span to mark for a place: the given bytes, or else the only occurrence of the word between commas, its
 * colon aside; or none.
 */
export function markedSpan(text: string, place: { offset?: number; length?: number; word?: string }): Span | undefined {
  if (place.offset !== undefined) {
    const span = byteSpan(text, place.offset, place.length ?? 0);
    return span.start < span.end ? span : wordAt(text, span.start);
  }
  if (!place.word) return undefined;
  const at = tokens(text).filter((t) => [place.word, `:${place.word}`].includes(text.slice(t.start, t.end)));
  return at.length === 1 ? at[0] : undefined;
}

/** The token around or before a position, for places without a length; none where there is no token. */
function wordAt(text: string, at: number): Span | undefined {
  return tokens(text).findLast((t) => t.start <= at);
}

/** The pieces between commas, trimmed, empty ones left out. This splits; it does not parse: the server owns the language. */
function tokens(text: string): Span[] {
  const found: Span[] = [];
  for (const m of text.matchAll(/[^,]+/g)) {
    const start = m.index + m[0].length - m[0].trimStart().length;
    const end = m.index + m[0].trimEnd().length;
    if (start < end) found.push({ start, end });
  }
  return found;
}
