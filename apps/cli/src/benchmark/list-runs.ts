import { summarizeResult } from '@voice-transcriber/benchmark';
import { type Database, listBenchmarkResults, listBenchmarkRuns } from '@voice-transcriber/db';

const RUNS_MAX = 50;
const ID_CHARACTERS = 8;

/** The newest runs, a line each, with the fastest combination of each. */
export async function listRuns({ orm }: Database): Promise<string> {
  const runs = (await listBenchmarkRuns(orm, { limit: RUNS_MAX })).map(({ run }) => run);
  if (runs.length === 0) return 'Nothing was measured yet. "vt benchmark" does it.\n';
  const results = await listBenchmarkResults(orm, { runIds: runs.map(({ id }) => id) });
  const lines = runs.map(({ id, createdAt, state, host, isBaseline }) => {
    const speeds = results
      .filter(({ runId }) => runId === id)
      .map((result) => ({ result, speed: summarizeResult(result)?.speed ?? 0 }))
      .sort((one, other) => other.speed - one.speed);
    const [fastest] = speeds;
    const best = fastest
      ? `${String(speeds.length).padStart(3)} measured, fastest ${fastest.result.backend} ${fastest.result.model} ${fastest.speed.toFixed(1)}x`
      : '';
    const time = createdAt.toISOString().slice(0, 16).replace('T', ' ');
    const mark = isBaseline ? ' (baseline)' : '';
    return `${id.slice(0, ID_CHARACTERS)}  ${time}  ${state.padEnd(9)}  ${host ?? '–'}  ${best}${mark}`.trimEnd();
  });
  return `${lines.join('\n')}\n`;
}
