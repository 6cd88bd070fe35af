'use client';

import { useEffect, useRef } from 'react';

export interface TranscriptKeys {
  readonly toggle: () => void;
  readonly skip: (seconds: number) => void;
  readonly edit: () => void;
  readonly find: () => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly leave: () => void;
}

const SKIP_SECONDS = 5;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));

/** A button or a link that has the focus answers to the space bar by itself. */
const isPressable = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('button, a, [role=radio], [role=menuitem], label') !== null;

function plainAction(event: KeyboardEvent, keys: TranscriptKeys): (() => void) | undefined {
  switch (event.key) {
    case ' ':
      return isPressable(event.target) ? undefined : keys.toggle;
    case 'ArrowLeft':
      return () => keys.skip(-SKIP_SECONDS);
    case 'ArrowRight':
      return () => keys.skip(SKIP_SECONDS);
    case 'e':
      return keys.edit;
    case 'Escape':
      return keys.leave;
    default:
      return undefined;
  }
}

function commandAction(event: KeyboardEvent, keys: TranscriptKeys): (() => void) | undefined {
  const key = event.key.toLowerCase();
  if (key === 'f' && !event.shiftKey) return keys.find;
  if (isTyping(event.target)) return undefined;
  if (key === 'z') return event.shiftKey ? keys.redo : keys.undo;
  return key === 'y' ? keys.redo : undefined;
}

/** Space plays, arrows seek, e edits, ⌘F finds, ⌘Z undoes, Escape leaves. Not while somebody types or a dialog is open. */
export function useTranscriptKeys(keys: TranscriptKeys): void {
  const newest = useRef(keys);
  useEffect(() => {
    newest.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || document.querySelector('[role="dialog"]') !== null) return;
      const command = event.metaKey || event.ctrlKey;
      if (!command && (isTyping(event.target) || event.shiftKey)) return;
      const action = command ? commandAction(event, newest.current) : plainAction(event, newest.current);
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
