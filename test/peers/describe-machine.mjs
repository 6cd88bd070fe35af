import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

const GIBIBYTE = 2 ** 30;
/** What decides how fast a processor multiplies small numbers. */
const VECTOR_FLAGS = ['avx2', 'avx_vnni', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_int8', 'asimddp'];

/** The facts of this machine that a speed means nothing without. */
export async function describeMachine() {
  const information = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const flags = new Set((/^(?:flags|Features)\s*:(.*)$/m.exec(information)?.[1] ?? '').trim().split(' '));
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGibibytes: Math.round(totalmem() / GIBIBYTE),
    vectorInstructions: VECTOR_FLAGS.filter((flag) => flags.has(flag)),
    system: `${type()} ${release()}`,
    node: process.versions.node,
  };
}
