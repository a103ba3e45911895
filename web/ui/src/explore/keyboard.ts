// The keys of the editor, and what is typed into it: a combobox as WAI-ARIA describes it. The focus stays in the text,
// arrows choose in the list.

import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import type { Candidate } from '../api/analyze.ts';
import { visibleQuery } from '../ui/text.ts';
import type { Assist } from './assist.ts';

export interface KeyboardOptions {
  field: RefObject<HTMLTextAreaElement | null>;
  draft: string;
  assist: Assist;
  onDraft(text: string): void;
  /** Where the cursor is while somebody writes. */
  onCaret(caret: number): void;
  onRun(text: string): void;
}

type Field = HTMLTextAreaElement;

/** What a person writes and deletes, letter by letter. */
const handTypes = /^(insertText|insertComposition|deleteContent)/;

/** Makes the handlers of an editor, and take, which puts an item of the list into the text. */
export function useKeyboard({ field, draft, assist, onDraft, onCaret, onRun }: KeyboardOptions) {
  const taking = useRef(false);
  const target = assist.target.value;
  const active = assist.active.value;
  const items = assist.analyzed.value?.completions.items ?? [];

  const take = (item: Candidate | undefined): void => {
    if (!field.current || !target || !item) return;
    field.current.focus();
    field.current.setSelectionRange(target.start, target.end);
    // After a key or a value something else always follows; a word may be the end.
    taking.current = item.kind === 'word';
    insertText(field.current, item.text + (item.kind !== 'word' && draft[target.end] !== ',' ? ',' : ''));
    taking.current = false;
  };

  /** Does what a key asks for; false if it asks for nothing here. */
  const handle = (key: string, caret: number): boolean => {
    if (key === 'F1') return done(assist.explain(draft, caret));
    if (key === 'Escape') return assist.dismiss();
    if (!target) return false;
    if (key === 'ArrowDown') return done(assist.move(1));
    if (key === 'ArrowUp') return done(assist.move(-1));
    // Where nothing is chosen Enter runs; where nothing is typed either, Tab leaves, as everywhere.
    const takes = active >= 0 ? ['Enter', 'Tab'] : target.start < target.end ? ['Tab'] : [];
    return takes.includes(key) && done(take(items[Math.max(0, active)]));
  };

  return {
    take,
    onInput(e: InputEvent & { currentTarget: Field }): void {
      const { value, selectionStart } = visibleText(e.currentTarget);
      onDraft(value);
      onCaret(selectionStart);
      assist.edited(value, selectionStart, e.data ?? '', handTypes.test(e.inputType) && !taking.current);
    },
    onKeyDown(e: KeyboardEvent & { currentTarget: Field }): void {
      if (e.isComposing) return;
      const caret = e.currentTarget.selectionStart;
      let handled = false;
      if (e.key === 'Enter' && (e.metaKey || e.ctrlKey)) handled = done(onRun(draft));
      else if (e.key === 'Enter' && !e.altKey && !e.shiftKey) handled = handle(e.key, caret) || done(onRun(draft));
      else if (e.key === ' ' && e.ctrlKey) handled = done(assist.complete(draft, caret));
      else if (!e.metaKey && !e.ctrlKey && !e.altKey && !e.shiftKey) handled = handle(e.key, caret);
      if (handled) e.preventDefault();
      else if (/^(Arrow|Home|End|Page)/.test(e.key)) assist.close();
    },
  };
}

/** Escapes what nobody could see in the text of the field, and leaves the cursor where it is. */
function visibleText(field: Field): Field {
  const text = visibleQuery(field.value);
  if (text === field.value) return field;
  const caret = visibleQuery(field.value.slice(0, field.selectionStart)).length;
  field.value = text;
  field.setSelectionRange(caret, caret);
  return field;
}

/** For what always succeeds. */
const done = (_: void): true => true;

/** Puts text in place of the selection as if it was typed, so that it can be undone; the other way cannot. */
function insertText(field: Field, text: string): void {
  if (document.execCommand('insertText', false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true, data: text, inputType: 'insertText' }));
}
