/** What a person notices, as the performance guide's troubleshooting lists it. */
export const SYMPTOMS = ['slow-transcription', 'high-memory', 'high-cpu', 'upload-trouble'] as const;
export type Symptom = (typeof SYMPTOMS)[number];

interface Check {
  /** Short, for the head of a line. */
  readonly title: string;
  /** What it may be the cause of; empty: nothing works, or it is good to know. */
  readonly symptoms: readonly Symptom[];
}

function check(title: string, ...symptoms: Symptom[]): Check {
  return { title, symptoms };
}

/** Everything that is looked at. docs/operations/troubleshooting.md describes each. */
export const CHECKS = {
  node: check('Node.js'),
  configuration: check('Configuration'),
  build: check('Build'),
  ffmpeg: check('ffmpeg'),
  preparation: check('Audio preparation', 'slow-transcription', 'high-cpu'),
  'audio-optimization': check('Audio optimization', 'slow-transcription', 'high-cpu'),
  'vector-instructions': check('Vector instructions', 'slow-transcription'),
  'native-build': check('Native build', 'slow-transcription', 'high-cpu'),
  graphics: check('Graphics processor', 'slow-transcription'),
  backend: check('Engine', 'slow-transcription'),
  model: check('Model'),
  'model-choice': check('Model choice', 'slow-transcription', 'high-memory', 'high-cpu'),
  speed: check('Speed', 'slow-transcription', 'high-cpu'),
  'memory-growth': check('Memory growth', 'high-memory', 'slow-transcription'),
  processor: check('Processor', 'slow-transcription', 'high-cpu'),
  memory: check('Memory', 'high-memory', 'slow-transcription'),
  'memory-limit': check('Memory limit', 'high-memory'),
  'memory-settings': check('Memory settings', 'high-memory'),
  threads: check('Threads', 'high-cpu', 'slow-transcription'),
  jobs: check('Concurrent jobs', 'high-cpu', 'high-memory', 'slow-transcription'),
  'disk-space': check('Disk space', 'upload-trouble'),
  'disk-speed': check('Disk speed', 'upload-trouble', 'slow-transcription'),
  spool: check('Spool', 'upload-trouble'),
  'upload-limit': check('Upload limit', 'upload-trouble'),
  'upload-speed': check('Upload speed', 'upload-trouble'),
  database: check('Database', 'slow-transcription'),
  migrations: check('Migrations'),
  connections: check('Database connections', 'upload-trouble', 'slow-transcription'),
  server: check('Server', 'upload-trouble'),
  'event-loop': check('Event loop', 'slow-transcription', 'high-cpu', 'upload-trouble'),
  workers: check('Workers', 'slow-transcription'),
  'workers-lost': check('Lost workers', 'slow-transcription', 'high-memory'),
  'worker-memory': check('Memory of workers', 'high-memory'),
  'idle-load': check('Load without work', 'high-cpu'),
  queue: check('Queue', 'slow-transcription'),
  stuck: check('Stuck jobs', 'slow-transcription', 'high-cpu'),
  failures: check('Failures', 'upload-trouble'),
} as const satisfies Readonly<Record<string, Check>>;

export type CheckCode = keyof typeof CHECKS;
export type Level = 'ok' | 'warning' | 'problem';

/** What one check found. */
export interface Finding {
  readonly code: CheckCode;
  /** Which of several of a kind: the name of a backend, a model, a host. */
  readonly subject?: string;
  readonly level: Level;
  /** What was looked at or measured, with its figures. */
  readonly measured: string;
  /** What to do; absent when all is well. */
  readonly fix?: string;
}

interface Subject {
  readonly subject?: string;
}

export function ok(code: CheckCode, measured: string, { subject }: Subject = {}): Finding {
  return { code, ...(subject === undefined ? {} : { subject }), level: 'ok', measured };
}

/** It works, but could be better. */
export function warning(code: CheckCode, measured: string, fix: string, { subject }: Subject = {}): Finding {
  return { code, ...(subject === undefined ? {} : { subject }), level: 'warning', measured, fix };
}

/** It does not work, or will not for long. */
export function problem(code: CheckCode, measured: string, fix: string, { subject }: Subject = {}): Finding {
  return { code, ...(subject === undefined ? {} : { subject }), level: 'problem', measured, fix };
}

/** `Engine onnxruntime`. */
export function titleOf({ code, subject }: Finding): string {
  return [CHECKS[code].title, ...(subject === undefined ? [] : [subject])].join(' ');
}
