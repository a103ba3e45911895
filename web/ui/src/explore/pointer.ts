// From the pointer to the text below it.

/**
 * The unit of a text area's text that is nearest to a point, if a letter is drawn there; copy is the element that shows
 * the same text with the same layout. Undefined, too, where the browser cannot say.
 */
export function unitBelow(field: HTMLTextAreaElement, copy: Element, x: number, y: number): number | undefined {
  const at = document.caretPositionFromPoint?.(x, y);
  if (at?.offsetNode !== field) return undefined;
  return isDrawnAt(copy, at.offset - 1, x, y) || isDrawnAt(copy, at.offset, x, y) ? at.offset : undefined;
}

/** The letter at a unit of what is below root covers a point. */
function isDrawnAt(root: Element, unit: number, x: number, y: number): boolean {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let left = unit;
  for (let text = texts.nextNode() as Text | null; text; text = texts.nextNode() as Text | null) {
    if (left >= 0 && left < text.length) {
      const letter = document.createRange();
      letter.setStart(text, left);
      letter.setEnd(text, left + 1);
      return [...letter.getClientRects()].some((r) => x >= r.left && x <= r.right && y >= r.top && y <= r.bottom);
    }
    left -= text.length;
  }
  return false;
}
