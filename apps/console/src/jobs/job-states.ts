import type { TranscriptionState } from '../gql/graphql';

export interface StateLook {
  readonly label: string;
  readonly tone: 'waiting' | 'running' | 'done' | 'warned' | 'failed' | 'idle';
}

export const STATE_LOOKS: Readonly<Record<TranscriptionState, StateLook>> = {
  QUEUED: { label: 'Queued', tone: 'waiting' },
  PREPARING: { label: 'Preparing', tone: 'running' },
  TRANSCRIBING: { label: 'Transcribing', tone: 'running' },
  FINISHING: { label: 'Finishing', tone: 'running' },
  PAUSED: { label: 'Paused', tone: 'idle' },
  COMPLETED: { label: 'Completed', tone: 'done' },
  PARTIAL: { label: 'Partial', tone: 'warned' },
  FAILED: { label: 'Failed', tone: 'failed' },
  CANCELLED: { label: 'Cancelled', tone: 'idle' },
};

const TERMINAL_STATES: ReadonlySet<TranscriptionState> = new Set(['COMPLETED', 'PARTIAL', 'FAILED', 'CANCELLED']);

export const isTerminal = (state: TranscriptionState): boolean => TERMINAL_STATES.has(state);

export const isPausable = (state: TranscriptionState): boolean =>
  state === 'QUEUED' || state === 'PREPARING' || state === 'TRANSCRIBING';

export const JOB_FILTERS = ['all', 'running', 'waiting', 'done', 'failed', 'cancelled'] as const;

export type JobFilter = (typeof JOB_FILTERS)[number];

/** The states each tab asks the API for; `all` asks for no state in particular. */
export const FILTER_STATES: Readonly<Record<JobFilter, readonly TranscriptionState[] | undefined>> = {
  all: undefined,
  running: ['PREPARING', 'TRANSCRIBING', 'FINISHING'],
  waiting: ['QUEUED', 'PAUSED'],
  done: ['COMPLETED', 'PARTIAL'],
  failed: ['FAILED'],
  cancelled: ['CANCELLED'],
};

export const matchesFilter = (state: TranscriptionState, filter: JobFilter): boolean =>
  FILTER_STATES[filter]?.includes(state) ?? true;
