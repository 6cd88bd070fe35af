'use client';

import { createContext, use, useReducer, type ReactNode } from 'react';
import { useConsoleEvents } from '../api/console-stream';
import { applySystemEvent, EMPTY_SYSTEM, type SystemState } from './system-state';

const SystemContext = createContext<SystemState>(EMPTY_SYSTEM);

/** Queue, workers and resources as the live stream tells them. Empty until its first message. */
export function SystemProvider({ children }: { children: ReactNode }) {
  const [state, dispatch] = useReducer(applySystemEvent, EMPTY_SYSTEM);
  useConsoleEvents(dispatch);
  return <SystemContext value={state}>{children}</SystemContext>;
}

export const useSystem = (): SystemState => use(SystemContext);
