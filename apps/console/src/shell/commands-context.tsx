'use client';

import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import dynamic from 'next/dynamic';
import { ShortcutsHelp } from './shortcuts-help';
import { useShortcuts } from './use-shortcuts';

interface Commands {
  readonly openPalette: () => void;
  readonly openShortcuts: () => void;
}

const CommandsContext = createContext<Commands | undefined>(undefined);

// Fetched when it is first wanted: no page pays for it.
const CommandPalette = dynamic(() => import('./command-palette').then((module) => module.CommandPalette), {
  ssr: false,
});

export function useCommands(): Commands {
  const commands = use(CommandsContext);
  if (commands === undefined) throw new Error('useCommands needs a CommandsProvider above it.');
  return commands;
}

/** The command palette, the shortcuts and their help sheet, for every page. */
export function CommandsProvider({ children }: { children: ReactNode }) {
  const [openings, setOpenings] = useState(0);
  const [helpOpen, setHelpOpen] = useState(false);
  const openPalette = useCallback(() => setOpenings((count) => count + 1), []);
  const openShortcuts = useCallback(() => setHelpOpen(true), []);
  useShortcuts({ openPalette, openShortcuts });
  const commands = useMemo(() => ({ openPalette, openShortcuts }), [openPalette, openShortcuts]);
  return (
    <CommandsContext value={commands}>
      {children}
      <ShortcutsHelp opened={helpOpen} onClose={() => setHelpOpen(false)} />
      {openings > 0 ? <CommandPalette openings={openings} openShortcuts={openShortcuts} /> : null}
    </CommandsContext>
  );
}
