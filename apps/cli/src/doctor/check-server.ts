import { ClientError, createClient, type ServerHealth } from '@voice-transcriber/client';
import type { Config } from '@voice-transcriber/config';
import { CHECKS, type CheckCode, type Finding, ok, problem, warning } from '@voice-transcriber/doctor';
import { findServer } from '../transcribe/server.js';
import { measureUpload } from './measure-upload.js';

const ANSWER_MILLISECONDS_MAX = 10_000;
/** An answer takes 200 ms at most, says the performance guide; a loop that is this late leaves nothing of it. */
const LOOP_DELAY_MILLISECONDS_MAX = 100;

export interface ServerChecks {
  readonly findings: readonly Finding[];
  /** What it says of its own machine, database and workers: for a server whose database cannot be asked from here. */
  readonly own: readonly Finding[];
}

/** The running server, asked like any client does: ready, quick, and able to take an upload. */
export async function checkServer(config: Config, { measures }: { readonly measures: boolean }): Promise<ServerChecks> {
  const only = (finding: Finding): ServerChecks => ({ findings: [finding], own: [] });
  const server = await findServer(config, {});
  if (!server) {
    return only(warning('server', 'none is known', 'Start one with "vt up", or set VT_URL and VT_API_KEY.'));
  }
  const ready = await askReadiness(server.url);
  if (ready === undefined) {
    return only(warning('server', `${server.url} does not answer`, 'Start it with "vt up", or correct VT_URL.'));
  }
  if (!ready) {
    const fix = 'Look into the logs folder of the data directory; the database may be away.';
    return only(problem('server', `${server.url} answers, but is not ready`, fix));
  }
  try {
    const client = createClient(server);
    const { name, scope } = await client.viewer();
    const health = await client.health();
    const upload = measures && scope !== 'READ' ? [await measureUpload(server)] : [];
    return {
      findings: [
        ok('server', `${server.url} is ready; signed in as ${name} (${scope.toLowerCase()})`),
        judgeLoop(health.system.eventLoopDelayMsP99),
        ...judgeLatest(health.latest),
        ...upload,
      ],
      own: health.system.findings.flatMap(toFinding),
    };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const fix =
      error.code === 'not-allowed'
        ? 'Set VT_API_KEY to a valid key, or restart "vt up", which makes one.'
        : 'Look into the logs folder of the data directory.';
    return only(problem('server', error.message, fix));
  }
}

async function askReadiness(url: string): Promise<boolean | undefined> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_MILLISECONDS_MAX) })).ok;
  } catch {
    return undefined;
  }
}

function judgeLoop(delayMilliseconds: number): Finding {
  const measured = `the API comes ${delayMilliseconds.toFixed(1)} ms late to a timer in 99 of 100 cases`;
  if (delayMilliseconds <= LOOP_DELAY_MILLISECONDS_MAX) return ok('event-loop', measured);
  const fix =
    'Its processor is taken: lower INFERENCE_THREADS or MAX_CONCURRENT_JOBS, or run workers on other machines than the API.';
  return warning('event-loop', measured, fix);
}

/** What real work was like lately, with decoding and waiting left out. */
function judgeLatest(latest: ServerHealth['latest']): Finding[] {
  const done = latest.filter(({ audioSeconds, inferenceSeconds }) => (audioSeconds ?? 0) > 0 && inferenceSeconds > 0);
  const [newest] = done;
  if (newest === undefined) return [];
  const audioSeconds = done.reduce((sum, one) => sum + (one.audioSeconds ?? 0), 0);
  const speed = audioSeconds / done.reduce((sum, one) => sum + one.inferenceSeconds, 0);
  const engine = [newest.model, newest.backend, newest.device].filter(Boolean).join(', ');
  const measured = `${speed.toFixed(1)}x real time over the last ${done.length} transcriptions (${engine})`;
  const subject = { subject: 'of real work' };
  if (speed >= 1) return [ok('speed', measured, subject)];
  const fix = 'Use a smaller model (DEFAULT_MODEL), lower MAX_CONCURRENT_JOBS, and stop other programs.';
  return [warning('speed', measured, fix, subject)];
}

type OwnFinding = ServerHealth['system']['findings'][number];

function isCheck(code: string): code is CheckCode {
  return code in CHECKS;
}

/** A newer server may have checks that are unknown here: they are left out. */
function toFinding({ code, subject, level, message, fix }: OwnFinding): Finding[] {
  if (!isCheck(code)) return [];
  const named = subject === null ? {} : { subject };
  if (level === 'OK') return [ok(code, message, named)];
  return [(level === 'WARNING' ? warning : problem)(code, message, fix ?? '', named)];
}
