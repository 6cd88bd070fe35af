'use client';

import { useEffect, useRef, useState } from 'react';

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** The whole page takes dropped files while `enabled`. True while files hover over it. */
export function useFileDrop(onFiles: (files: FileList) => void, enabled: boolean): boolean {
  const [hovering, setHovering] = useState(false);
  const newest = useRef(onFiles);
  useEffect(() => {
    newest.current = onFiles;
  });
  useEffect(() => {
    if (!enabled) return undefined;
    // Each element under the pointer reports entering and leaving; the page is left when as many were left as were entered.
    let depth = 0;
    const listeners = new AbortController();
    const { signal } = listeners;
    const listen = (type: 'dragenter' | 'dragover' | 'dragleave' | 'drop', react: (event: DragEvent) => void) =>
      document.addEventListener(
        type,
        (event) => {
          if (!carriesFiles(event)) return;
          event.preventDefault();
          react(event);
        },
        { signal },
      );
    listen('dragenter', () => setHovering(++depth > 0));
    listen('dragleave', () => setHovering(--depth > 0));
    listen('dragover', () => undefined);
    listen('drop', (event) => {
      depth = 0;
      setHovering(false);
      if (event.dataTransfer && event.dataTransfer.files.length > 0) newest.current(event.dataTransfer.files);
    });
    return () => listeners.abort();
  }, [enabled]);
  return hovering;
}
