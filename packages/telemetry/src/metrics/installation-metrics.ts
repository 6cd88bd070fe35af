import { Gauge, type Registry } from 'prom-client';

/** What only the database knows. */
export interface InstallationFigures {
  readonly transcriptions: Readonly<Record<string, number>>;
  readonly endedLately: Readonly<Record<string, number>>;
  readonly queueOldestSeconds: number;
  readonly queuePaused: boolean;
  readonly chunksWaiting: number;
  readonly chunksRunning: number;
  readonly workers: Readonly<Record<string, number>>;
  readonly deliveriesPending: number;
  readonly deliveriesOldestSeconds: number;
  readonly databaseBytes: number;
}

/** Undefined while the database cannot say. */
export type ReadInstallation = () => Promise<
  { readonly figures: InstallationFigures; readonly ageSeconds: number } | undefined
>;

type Figures = Omit<InstallationFigures, 'transcriptions' | 'endedLately' | 'workers'>;

/**
 * Gauges of the whole installation. Every API process has the same ones, so take the maximum over them, never the sum. They have no value while the database
 * cannot be reached.
 */
export function registerInstallationMetrics(register: Registry, read: ReadInstallation): void {
  const registers = [register];
  let current: ReturnType<ReadInstallation> | undefined;
  const shared: ReadInstallation = () => {
    current ??= read()
      .catch(() => undefined)
      .finally(() => setImmediate(() => (current = undefined)));
    return current;
  };
  const single = (name: string, help: string, valueOf: (figures: Figures & { queued: number }) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const answer = await shared();
        if (answer === undefined) this.remove();
        else this.set(valueOf({ ...answer.figures, queued: answer.figures.transcriptions['queued'] ?? 0 }));
      },
    });
  };
  const byState = (name: string, help: string, key: 'transcriptions' | 'endedLately' | 'workers'): void => {
    new Gauge({
      name,
      help,
      labelNames: ['state'],
      registers,
      async collect() {
        this.reset();
        const answer = await shared();
        for (const [state, count] of Object.entries(answer?.figures[key] ?? {})) this.set({ state }, count);
      },
    });
  };
  byState('vt_transcriptions', 'Transcriptions that there are, by their state.', 'transcriptions');
  byState(
    'vt_transcriptions_ended_lately',
    'Transcriptions that ended in the last 15 minutes, by their state.',
    'endedLately',
  );
  byState(
    'vt_workers',
    'Workers: running or draining with a fresh heartbeat, or lost in the last 15 minutes.',
    'workers',
  );
  single('vt_queue_depth', 'Transcriptions that wait for their first attempt.', ({ queued }) => queued);
  single(
    'vt_queue_oldest_age_seconds',
    'Age of the transcription that waits longest; 0 when none waits.',
    (figures) => figures.queueOldestSeconds,
  );
  single('vt_queue_paused', '1 while the queue is paused.', ({ queuePaused }) => Number(queuePaused));
  single('vt_chunks_waiting', 'Chunks of recordings that wait for a worker.', ({ chunksWaiting }) => chunksWaiting);
  single('vt_chunks_running', 'Chunks of recordings that workers hold.', ({ chunksRunning }) => chunksRunning);
  single(
    'vt_webhook_deliveries_pending',
    'Messages to webhooks that are not delivered yet.',
    (figures) => figures.deliveriesPending,
  );
  single(
    'vt_webhook_deliveries_oldest_age_seconds',
    'Age of the oldest message that is not delivered yet; 0 when there is none.',
    (figures) => figures.deliveriesOldestSeconds,
  );
  single('vt_database_size_bytes', 'Size of the database.', ({ databaseBytes }) => databaseBytes);
  new Gauge({
    name: 'vt_installation_figures_age_seconds',
    help: 'How old the figures of the whole installation were when they were scraped.',
    registers,
    async collect() {
      const answer = await shared();
      if (answer === undefined) this.remove();
      else this.set(answer.ageSeconds);
    },
  });
}
