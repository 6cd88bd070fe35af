'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { useSession } from '../api/session-context';
import { pagesFor } from './pages';

/** How long `g` waits for the letter behind it. */
const SEQUENCE_MILLISECONDS_MAX = 1500;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

const dialogOpen = (): boolean => document.querySelector('[role="dialog"]') !== null;

interface Shortcuts {
  readonly openPalette: () => void;
  readonly openShortcuts: () => void;
}

/** ⌘K anywhere; single keys only while nobody types and no dialog is open. */
export function useShortcuts({ openPalette, openShortcuts }: Shortcuts): void {
  const router = useRouter();
  const { viewer } = useSession();
  const awaitsPageUntil = useRef(0);
  useEffect(() => {
    const pages = pagesFor(viewer.scope).flatMap((group) => group.pages);
    const onKey = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      if ((event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey && key === 'k') {
        event.preventDefault();
        return openPalette();
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || dialogOpen()) return;
      if (performance.now() < awaitsPageUntil.current) {
        awaitsPageUntil.current = 0;
        const page = pages.find((candidate) => candidate.key === key);
        if (page === undefined) return;
        event.preventDefault();
        return router.push(page.href);
      }
      if (key === 'g') awaitsPageUntil.current = performance.now() + SEQUENCE_MILLISECONDS_MAX;
      else if (event.key === '?') openShortcuts();
      else if (key === '/') {
        const field = document.querySelector<HTMLElement>('[data-page-search]');
        if (field === null) return;
        event.preventDefault();
        field.focus();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [router, viewer.scope, openPalette, openShortcuts]);
}
