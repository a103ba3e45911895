// The editor of a query: a text area over a copy of its text in which places are marked, with a list of what could come
// next and an explanation of a word below it.
//
// It is a combobox as WAI-ARIA describes it: the focus stays in the text, arrows choose in the list.

import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Candidate } from '../api/analyze.ts';
import type { Span } from '../api/span.ts';
import type { Location } from '../app/location.ts';
import type { Assist } from './assist.ts';
import { unitBelow } from './pointer.ts';
import { Popover } from './popover.tsx';
import { listID, optionID, Suggest } from './suggest.tsx';
import { WordHelp } from './wordhelp.tsx';
import { pieces } from './written.ts';

/** Beyond what the types of HTML let a text area be, which is one line as seldom as a query is. */
const combobox = { role: 'combobox' } as object;

/** A word is explained when the pointer rests on it for so long. */
const hoverMillis = 350;

export interface EditorProps {
  field: RefObject<HTMLTextAreaElement | null>;
  draft: string;
  assist: Assist;
  location: Location;
  marks: ReadonlyArray<Span & { mark: string }>;
  /** The query was refused. */
  failed: boolean;
  onDraft(text: string): void;
  /** Where the cursor is while somebody writes; undefined when nobody does. */
  onCaret(caret: number | undefined): void;
  onRun(text: string): void;
}

export function Editor({ field, draft, assist, location, marks, failed, onDraft, onCaret, onRun }: EditorProps) {
  const copy = useRef<HTMLDivElement>(null);
  const completions = assist.analyzed.value?.completions;
  const target = assist.target.value;
  const active = assist.active.value;
  const explained = assist.explained.value?.q === draft ? assist.explained.value.hover : undefined;

  const taking = useRef(false);
  const onInput = (e: InputEvent & { currentTarget: HTMLTextAreaElement }): void => {
    const { value, selectionStart } = e.currentTarget;
    onDraft(value);
    onCaret(selectionStart);
    const byHand = /^(insertText|insertComposition|deleteContent)/.test(e.inputType) && !taking.current;
    assist.edited(value, selectionStart, e.data ?? '', byHand);
  };
  const take = (item: Candidate): void => {
    const it = field.current;
    if (!it || !target) return;
    it.focus();
    it.setSelectionRange(target.start, target.end);
    // After a key or a value something else always follows; a word may be the end.
    taking.current = item.kind === 'word';
    const comma = item.kind !== 'word' && draft[target.end] !== ',' ? ',' : '';
    insertText(it, item.text + comma);
    taking.current = false;
  };
  const keys: Record<string, (it: HTMLTextAreaElement) => boolean> = {
    Escape: () => assist.dismiss(),
    F1: (it) => done(assist.explain(draft, it.selectionStart)),
    ArrowDown: () => target !== undefined && done(assist.move(1)),
    ArrowUp: () => target !== undefined && done(assist.move(-1)),
    Enter: () => target !== undefined && active >= 0 && done(take(completions!.items[active]!)),
    // Where nothing is typed and nothing chosen, Tab leaves as everywhere.
    Tab: () => target !== undefined && (active >= 0 || target.start < target.end) && done(take(completions!.items[Math.max(0, active)]!)),
  };
  const onKeyDown = (e: KeyboardEvent & { currentTarget: HTMLTextAreaElement }): void => {
    const control = e.metaKey || e.ctrlKey;
    let handled = false;
    if (e.isComposing) return;
    if (e.key === 'Enter' && control) handled = done(onRun(draft));
    else if (e.key === ' ' && e.ctrlKey) handled = done(assist.complete(draft, e.currentTarget.selectionStart));
    else if (!control && !e.altKey && !e.shiftKey) handled = keys[e.key]?.(e.currentTarget) ?? false;
    if (handled) e.preventDefault();
    else if (/^(Arrow|Home|End|Page)/.test(e.key)) assist.close();
  };
  const onPointerMove = (e: PointerEvent): void => {
    if (e.pointerType !== 'mouse' || e.buttons > 0 || e.target !== field.current || target) return;
    const unit = field.current && copy.current ? unitBelow(field.current, copy.current, e.clientX, e.clientY) : undefined;
    const shown = explained && unit !== undefined && unit >= explained.start && unit <= explained.end;
    if (unit === undefined || shown) assist.pointElsewhere();
    else assist.explain(draft, unit, hoverMillis);
  };
  const leave = (): void => {
    assist.pointElsewhere();
    if (explained) assist.dismiss();
  };
  // An explanation goes away with Esc wherever the focus is, as the pointer may have called it.
  useEffect(() => {
    if (!explained) return;
    const onEscape = (e: KeyboardEvent): void => {
      if (e.key === 'Escape' && assist.dismiss()) e.preventDefault();
    };
    document.addEventListener('keydown', onEscape, true);
    return () => document.removeEventListener('keydown', onEscape, true);
  }, [assist, explained !== undefined]);

  return (
    <div
      class="editor"
      onFocusOut={(e) => e.currentTarget.contains(e.relatedTarget as Node | null) || assist.close()}
      onPointerMove={onPointerMove}
      onPointerLeave={(e) => e.pointerType === 'mouse' && leave()}
    >
      <div class="editor-copy" aria-hidden="true" ref={copy}>
        {pieces(draft, marks).map(({ text, mark }, i) => (mark === '' ? text : <mark key={i} class={mark}>{text}</mark>))}
        {'\n'}
      </div>
      <textarea
        id="query"
        ref={field}
        rows={1}
        value={draft}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        placeholder="name,cpu,:eq,:sum"
        {...combobox}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-expanded={target !== undefined}
        aria-controls={target && listID}
        aria-activedescendant={target && active >= 0 ? optionID(active) : undefined}
        aria-invalid={failed}
        aria-describedby={failed ? 'query-error' : undefined}
        onInput={onInput}
        onKeyDown={onKeyDown}
        onMouseDown={assist.close}
        onBlur={() => onCaret(undefined)}
        onScroll={(e) => copy.current && (copy.current.scrollTop = e.currentTarget.scrollTop)}
      />
      {target && completions && (
        <Popover before={draft.slice(0, target.start)} field={field}><Suggest completions={completions} active={active} onTake={take} /></Popover>
      )}
      <div role="status">
        {explained && <Popover before={draft.slice(0, explained.start)} field={field}><WordHelp hover={explained} location={location} /></Popover>}
      </div>
    </div>
  );
}

/** For what needs no answer: it was done. */
const done = (_: void): true => true;

/** Puts text in place of the selection as if it was typed, so that it can be undone; older ways of doing so cannot. */
function insertText(field: HTMLTextAreaElement, text: string): void {
  if (document.execCommand('insertText', false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true, data: text, inputType: 'insertText' }));
}
