import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { REAL_TIME_FACTORS, TRANSFER_SECONDS, WORK_SECONDS } from './buckets.js';

interface ModelPlace {
  readonly model: string;
  readonly backend: string;
  readonly device: string;
}

/** State of a worker that is read when it is scraped. */
export interface WorkerReadings {
  readonly slots: number;
  slotsBusy(): number;
  draining(): boolean;
  heartbeatAgeSeconds(): number;
  loadedModels(): readonly (ModelPlace & { readonly memoryBytes: number })[];
}

const PLACE = ['model', 'backend', 'device'] as const;
const placeOf = ({ model, backend, device }: ModelPlace): Record<(typeof PLACE)[number], string> => ({
  model,
  backend,
  device,
});

/** What a worker counts. Labels are bounded: states and kinds of ours, models and devices that are installed. */
export function createWorkerMetrics(register: Registry) {
  const registers = [register];
  const queueWait = new Histogram({
    name: 'vt_queue_wait_seconds',
    help: 'From the acceptance of a transcription to the first attempt at it.',
    labelNames: ['priority'],
    buckets: WORK_SECONDS,
    registers,
  });
  const attempts = new Histogram({
    name: 'vt_attempt_duration_seconds',
    help: 'Attempts at steps of transcriptions: preparing, transcribing a chunk, finishing.',
    labelNames: ['kind', 'outcome'],
    buckets: WORK_SECONDS,
    registers,
  });
  const transcriptions = new Histogram({
    name: 'vt_transcription_duration_seconds',
    help: 'From the acceptance of a recording to its transcript.',
    labelNames: ['state'],
    buckets: WORK_SECONDS,
    registers,
  });
  const windows = new Counter({
    name: 'vt_windows_total',
    help: 'Windows (of at most 30 s) whose text was committed.',
    labelNames: PLACE,
    registers,
  });
  const audioSeconds = new Counter({
    name: 'vt_audio_seconds_total',
    help: 'Seconds of recordings whose text was committed.',
    labelNames: PLACE,
    registers,
  });
  const inferenceSeconds = new Counter({
    name: 'vt_inference_seconds_total',
    help: 'Compute time: seconds that windows spent inside models. Windows that run side by side count each.',
    labelNames: PLACE,
    registers,
  });
  const realTimeFactor = new Histogram({
    name: 'vt_real_time_factor_ratio',
    help: 'Compute seconds per second of audio, window by window; 0.1 = ten times as fast as it plays.',
    labelNames: PLACE,
    buckets: REAL_TIME_FACTORS,
    registers,
  });
  const crashes = new Counter({
    name: 'vt_inference_process_crashes_total',
    help: 'Inference processes that ended although nobody wanted it: crashed, hung, out of memory, protocol violated.',
    labelNames: [...PLACE, 'reason'],
    registers,
  });
  const loads = new Histogram({
    name: 'vt_model_load_seconds',
    help: 'Loads of models into inference processes; the count is the number of loads.',
    labelNames: PLACE,
    buckets: TRANSFER_SECONDS,
    registers,
  });
  const failedLoads = new Counter({
    name: 'vt_model_load_failures_total',
    help: 'Models that could not be loaded.',
    labelNames: [...PLACE, 'reason'],
    registers,
  });
  const unloads = new Counter({
    name: 'vt_model_unloads_total',
    help: 'Inference processes that were ended on purpose: idle, in the way of another model, or to cancel work.',
    labelNames: PLACE,
    registers,
  });
  const recoveries = new Counter({
    name: 'vt_lease_recoveries_total',
    help: 'Pieces of work that this worker took back from dead or silent workers.',
    labelNames: ['kind'],
    registers,
  });
  const workersLost = new Counter({
    name: 'vt_workers_lost_total',
    help: 'Workers that this worker declared dead.',
    registers,
  });
  const fenced = new Counter({
    name: 'vt_fenced_writes_total',
    help: 'Writes and leases of this worker that were refused, because the work belonged to another one by then.',
    registers,
  });
  const deliveries = new Counter({
    name: 'vt_webhook_deliveries_total',
    help: 'Tries to deliver messages to webhooks.',
    labelNames: ['outcome'],
    registers,
  });
  // What is there from the start is seen to grow: a series that appears with its first count hides that from rate().
  for (const kind of ['chunk', 'step', 'pull']) recoveries.inc({ kind }, 0);
  for (const outcome of ['delivered', 'refused']) deliveries.inc({ outcome }, 0);

  return {
    queueLeft: (priority: string, waitSeconds: number): void =>
      queueWait.observe({ priority }, Math.max(0, waitSeconds)),
    attemptEnded: (kind: string, outcome: string, durationSeconds: number): void =>
      attempts.observe({ kind, outcome }, durationSeconds),
    windowCommitted(
      place: ModelPlace,
      seconds: { readonly audioSeconds: number; readonly inferenceSeconds: number },
    ): void {
      const labels = placeOf(place);
      windows.inc(labels);
      audioSeconds.inc(labels, Math.max(0, seconds.audioSeconds));
      inferenceSeconds.inc(labels, Math.max(0, seconds.inferenceSeconds));
      if (seconds.audioSeconds > 0) realTimeFactor.observe(labels, seconds.inferenceSeconds / seconds.audioSeconds);
    },
    transcriptionFinished: (state: string, { totalSeconds }: { readonly totalSeconds: number }): void =>
      transcriptions.observe({ state }, totalSeconds),
    leasesRecovered: (kind: string, count: number): void => recoveries.inc({ kind }, count),
    workersLost: (count: number): void => workersLost.inc(count),
    writeFenced: (): void => fenced.inc(),
    deliveryTried: (outcome: string): void => deliveries.inc({ outcome }),
    modelLoaded(place: ModelPlace, loadSeconds: number): void {
      loads.observe(placeOf(place), loadSeconds);
      // From now on it can crash and be unloaded.
      crashes.inc({ ...placeOf(place), reason: 'process-crashed' }, 0);
      unloads.inc(placeOf(place), 0);
    },
    modelLoadFailed: (place: ModelPlace, reason: string): void => failedLoads.inc({ ...placeOf(place), reason }),
    modelUnloaded: (place: ModelPlace): void => unloads.inc(placeOf(place)),
    processCrashed: (place: ModelPlace, reason: string): void => crashes.inc({ ...placeOf(place), reason }),
    watch: (readings: WorkerReadings): void => registerReadings(register, readings),
  };
}

export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>;

function registerReadings(register: Registry, readings: WorkerReadings): void {
  const registers = [register];
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge('vt_worker_slots', 'Pieces of work that this worker takes at once.', () => readings.slots);
  gauge('vt_worker_slots_busy', 'Pieces of work that this worker holds now.', () => readings.slotsBusy());
  gauge('vt_worker_draining', '1 while this worker takes no new work.', () => Number(readings.draining()));
  gauge('vt_worker_heartbeat_age_seconds', 'Since the database last answered a heartbeat of this worker.', () =>
    readings.heartbeatAgeSeconds(),
  );
  const loaded = (name: string, help: string, valueOf: (model: { readonly memoryBytes: number }) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: PLACE,
      registers,
      collect() {
        this.reset();
        for (const model of readings.loadedModels()) this.inc(placeOf(model), valueOf(model));
      },
    });
  };
  loaded('vt_loaded_models', 'Inference processes that hold a model now.', () => 1);
  loaded(
    'vt_loaded_model_memory_bytes',
    'Resident bytes of the inference processes, by their model.',
    (model) => model.memoryBytes,
  );
}
