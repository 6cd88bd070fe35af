import type { BenchmarkRun } from '../benchmark-run.js';

/** Circumstances of a run, as names and values for a person. */
export function describeRun({ id, createdAt, state, machine, audio, order }: BenchmarkRun): [string, string][] {
  const facts: [string, string][] = [['Run', `${id}, ${createdAt.toISOString()}, ${state}`]];
  if (machine !== null) {
    const limits = machine.cores < machine.coresMachine ? ` of ${machine.coresMachine}` : '';
    const sets = machine.instructionSets.length > 0 ? `; ${machine.instructionSets.join(' ')}` : '';
    facts.push(
      ['Machine', `${machine.host}: ${machine.processor}, ${machine.cores}${limits} cores${sets}`],
      ['Memory', `${(machine.memoryBytesTotal / 2 ** 30).toFixed(1)} GiB`],
      ['Graphics', machine.graphics.join(', ') || 'none'],
      ['System', `${machine.system}; Node.js ${machine.node}; Voice Transcriber ${machine.product}`],
      ['Backends', machine.backends.map(({ name, version }) => `${name} ${version ?? '(not available)'}`).join(', ')],
    );
  }
  if (audio !== null) {
    const count = `${audio.clips.length} ${audio.clips.length === 1 ? 'recording' : 'recordings'}`;
    const referenced = audio.clips.filter(({ reference }) => reference !== null).length;
    facts.push([
      'Audio',
      `${count}, ${audio.audioSeconds.toFixed(1)} s, ${referenced} with a reference; decoded and planned in ${audio.prepareSeconds.toFixed(1)} s, not counted below`,
    ]);
  }
  const stable =
    order.variationMax === null
      ? ''
      : `, until they vary by less than ${(order.variationMax * 100).toFixed(1)} %, at most ${order.iterationsMax}`;
  facts.push(['Iterations', `${order.iterations} after ${order.warmups} for warming up${stable}`]);
  return facts;
}

/** Other programs that take more than this make figures doubtful. */
const OTHER_CORES_MAX = 0.1;

/** What a reader must know about single rows, in sentences. */
export function describeRemarks(run: BenchmarkRun, otherCoresOf: (index: number) => number | undefined): string[] {
  const remarks: string[] = [];
  if (run.error !== null) remarks.push(`The run ended early (${run.error.code}): ${run.error.message}`);
  remarks.push(...(run.audio?.problems ?? []));
  for (const [index, result] of run.results.entries()) {
    const name = `${result.backend} ${result.model} ${result.device} ${result.threads}t b${result.batch ?? 'auto'}`;
    if (result.error !== null) remarks.push(`${name}: ${result.error.code}: ${result.error.message}`);
    if (result.stable === false) remarks.push(`${name}: did not become stable.`);
    const otherCores = otherCoresOf(index) ?? 0;
    if (otherCores > OTHER_CORES_MAX) {
      remarks.push(
        `${name}: other programs kept ${otherCores.toFixed(2)} cores busy meanwhile. Measure again when they do not.`,
      );
    }
    if (result.unsteadyClips.length > 0)
      remarks.push(`${name}: the text changed between iterations: ${result.unsteadyClips.join(', ')}.`);
    if (result.skippedClips.length > 0)
      remarks.push(
        `${name}: left out, because the model does not know the language: ${result.skippedClips.join(', ')}.`,
      );
  }
  return remarks;
}
