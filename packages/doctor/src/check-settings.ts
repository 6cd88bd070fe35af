import type { Config } from '@voice-transcriber/config';
import { type Finding, ok, warning } from './finding.js';
import type { Machine } from './read-machine.js';
import { THREADS_MAX } from './recommend.js';

/** One job keeps the model busy and one more prepares its audio meanwhile; twice that is harmless, more is not meant. */
const JOBS_FACTOR_MAX = 2;
/** What the performance guide wants to be taken. */
const UPLOAD_BYTES_ASKED = 100e6;

/** Settings that contradict this machine. */
export function checkSettings(config: Config, { cores }: Pick<Machine, 'cores'>): Finding[] {
  return [aboutThreads(config, cores), aboutJobs(config, cores), aboutUploadLimit(config)];
}

function aboutThreads({ inference }: Config, cores: number): Finding {
  const { threads } = inference;
  const used = Math.min(threads ?? THREADS_MAX, cores);
  if (threads === undefined) return ok('threads', `${used} per inference process, chosen from ${cores} cores`);
  const measured = `INFERENCE_THREADS (or OMP_NUM_THREADS) is ${threads}, cores are ${cores}`;
  if (threads > cores) {
    return warning('threads', `${measured}: only ${used} are used`, `Set INFERENCE_THREADS=${used}, or unset it.`);
  }
  if (threads < Math.min(cores, THREADS_MAX) / 2) {
    const fix = `Unset INFERENCE_THREADS, or set ${Math.min(cores, THREADS_MAX)}, unless several workers share this machine.`;
    return warning('threads', `${measured}: more than half of them idle`, fix);
  }
  return ok('threads', measured);
}

function aboutJobs({ jobs }: Config, cores: number): Finding {
  const measured = `MAX_CONCURRENT_JOBS=${jobs.concurrentMax} on ${cores} cores`;
  if (jobs.concurrentMax <= (cores + 1) * JOBS_FACTOR_MAX) return ok('jobs', measured);
  const fix = `Set MAX_CONCURRENT_JOBS=${cores + 1}: more jobs only wait for the same cores, and each holds memory.`;
  return warning('jobs', `${measured}: the cores cannot feed so many`, fix);
}

function aboutUploadLimit({ upload }: Config): Finding {
  const measured = `MAX_FILE_SIZE is ${Math.floor(upload.fileBytesMax / 2 ** 20)} MiB, ${upload.concurrentMax} uploads at once`;
  if (upload.fileBytesMax >= UPLOAD_BYTES_ASKED) return ok('upload-limit', measured);
  return warning('upload-limit', `${measured}: recordings of 100 MB are refused`, 'Raise MAX_FILE_SIZE.');
}
