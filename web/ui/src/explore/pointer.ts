// The pointer over the text of the editor: a word is explained when it rests there.

import { type RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Assist } from './assist.ts';

/** So long. */
const hoverMillis = 350;

export interface PointerOptions {
  field: RefObject<HTMLTextAreaElement | null>;
  /** What shows the same text as the field with the same layout. */
  copy: RefObject<Element | null>;
  draft: string;
  assist: Assist;
}

/**
 * Makes the handlers of an editor. An explanation stays while the pointer is on it or in the editor, and goes away with
 * Esc, wherever the focus is (WCAG 1.4.13).
 */
export function usePointer({ field, copy, draft, assist }: PointerOptions) {
  const explained = assist.explained.value?.hover;
  useEffect(() => {
    if (!explained) return;
    const onEscape = (e: KeyboardEvent): void => {
      if (e.key === 'Escape' && assist.dismiss()) e.preventDefault();
    };
    document.addEventListener('keydown', onEscape, true);
    return () => document.removeEventListener('keydown', onEscape, true);
  }, [assist, explained !== undefined]);
  return {
    onPointerMove(e: PointerEvent): void {
      if (e.pointerType !== 'mouse' || e.buttons > 0 || e.target !== field.current || assist.target.peek()) return;
      const unit = field.current && copy.current ? unitBelow(field.current, copy.current, e.clientX, e.clientY) : undefined;
      const shown = explained && unit !== undefined && unit >= explained.start && unit <= explained.end;
      if (unit === undefined || shown) assist.pointElsewhere();
      else assist.explain(draft, unit, hoverMillis);
    },
    onPointerLeave(e: PointerEvent): void {
      if (e.pointerType !== 'mouse') return;
      assist.pointElsewhere();
      if (explained) assist.dismiss();
    },
  };
}

/** The unit of a field's text that is nearest to a point, if a letter is drawn there; undefined where browsers cannot say. */
function unitBelow(field: HTMLTextAreaElement, copy: Element, x: number, y: number): number | undefined {
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
