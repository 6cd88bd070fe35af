import type { HandlerDependencies } from './ports.js';

/** What the passes of the reconciler share. */
export type ReconcilerDependencies = Pick<HandlerDependencies, 'db' | 'storage' | 'logger' | 'metrics'>;
