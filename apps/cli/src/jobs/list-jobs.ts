import type { Client, Transcription, TranscriptionState } from '@voice-transcriber/client';
import { formatMoment, formatSeconds, paint } from '../terminal/style.js';

export const JOB_STATES = [
  'queued',
  'preparing',
  'transcribing',
  'finishing',
  'paused',
  'completed',
  'partial',
  'failed',
  'cancelled',
] as const satisfies readonly Lowercase<TranscriptionState>[];
export type JobState = (typeof JOB_STATES)[number];

export interface JobListOptions {
  readonly states: readonly JobState[] | undefined;
  readonly search: string | undefined;
  readonly limit: number;
  readonly json: boolean;
}

const PAGE_SIZE_MAX = 100;

/** A table for people, or everything as JSON. */
export async function listJobs(client: Client, { states, search, limit, json }: JobListOptions): Promise<void> {
  const filter = {
    ...(states !== undefined && { states: states.map((state) => state.toUpperCase() as TranscriptionState) }),
    ...(search !== undefined && { search }),
  };
  const jobs: Transcription[] = [];
  for (let after: string | null | undefined = undefined; jobs.length < limit && after !== null;) {
    const first = Math.min(PAGE_SIZE_MAX, limit - jobs.length);
    const { nodes, pageInfo } = await client.list({ first, filter, ...(after !== undefined && { after }) });
    jobs.push(...nodes);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  }
  if (json) {
    console.log(JSON.stringify(jobs, undefined, 2));
    return;
  }
  if (jobs.length === 0) {
    console.log(states === undefined && search === undefined ? 'There are no jobs.' : 'No job fits.');
    return;
  }
  const rows = [['ID', 'STATE', 'LENGTH', 'MODEL', 'CREATED', 'RECORDING'], ...jobs.map(toRow)];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  rows.forEach((row, index) => {
    const line = row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
    console.log(index === 0 ? paint('bold', line) : line);
  });
}

function toRow({ id, state, audioSeconds, model, createdAt, media, progress, error }: Transcription): string[] {
  const seconds = audioSeconds ?? media.durationSeconds;
  const running = state === 'TRANSCRIBING' ? ` ${String(Math.floor(progress.fraction * 100))} %` : '';
  const problem = error === null ? '' : ` (${error.code})`;
  return [
    id,
    `${state.toLowerCase()}${running}${problem}`,
    seconds === null ? '' : formatSeconds(seconds),
    model ?? '',
    formatMoment(createdAt),
    media.filename,
  ];
}
