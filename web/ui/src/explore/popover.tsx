// A box below a place in the text of the editor.

import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export interface PopoverProps {
  /** The text of the editor up to the place. */
  before: string;
  /** The text area, for how far it is scrolled. */
  field: RefObject<HTMLTextAreaElement | null>;
  children: ComponentChildren;
}

/**
 * Lays out the text once more, unseen and just as the editor does, to find the place; the box moves left as far as it
 * must to fit into the width of the editor.
 */
export function Popover({ before, field, children }: PopoverProps) {
  const place = useRef<HTMLSpanElement>(null);
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const [at, it] = [place.current, box.current];
    const editor = it?.closest('.editor');
    if (!at || !it || !editor) return;
    it.style.top = `${at.offsetTop + at.offsetHeight + 2 - (field.current?.scrollTop ?? 0)}px`;
    it.style.left = `${Math.max(0, Math.min(at.offsetLeft, editor.clientWidth - it.offsetWidth))}px`;
  });
  return (
    <>
      <div class="editor-copy placed" aria-hidden="true">{before}<span ref={place}>{'\u200b'}</span></div>
      <div class="popover" ref={box}>{children}</div>
    </>
  );
}
