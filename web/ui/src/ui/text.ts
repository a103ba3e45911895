// Text that others wrote, made safe to look at. Tag values are anything: HTML, right-to-left, control characters, 10 kB.
// HTML needs no care here, because all text goes into text nodes.

/** Characters that draw nothing or reorder what stands around them; variants of pictures are drawn. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]|(?![\ufe00-\ufe0f])\p{DI}/gu;

/** Shows each invisible character by its number, as ‹U+202E›; the pictures of control codes are missing in many fonts. */
export function visible(text: string): string {
  return text.replace(invisible, (c) => `‹U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}›`);
}

/** What would hide in an editor or reorder it: controls but for blanks and line ends, joiners, fillers, marks and overrides of direction. */
const hidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|(?![\u{10000}-\u{10ffff}])[\p{Cf}\p{Zl}\p{Zp}\p{DI}]/gu;

/** Writes such characters as the language does, \u202e: it is the same query, and its text is what one sees. */
export const visibleQuery = (q: string): string =>
  q.replace(hidden, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** At most limit UTF-16 units, cut with an ellipsis and never inside a surrogate pair. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(limit - 2)) ? limit - 2 : limit - 1;
  return `${text.slice(0, end)}…`;
}

/** A label for places that hold one line. Cut before it is made visible, as that can make it eight times longer. */
export const shortLabel = (text: string, limit = 200): string => visible(clip(text, limit));

/**
 * Wraps text in a first-strong isolate, for attributes, where no <bdi> can stand: letters written right to left then
 * cannot reorder the words around them.
 */
export const isolate = (text: string): string => `\u2068${text}\u2069`;
