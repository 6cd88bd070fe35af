import { fileURLToPath } from 'node:url';
import { formatHeat } from './format-heat.mjs';
import { replaceMeasured } from './replace-measured.mjs';
import { judgeHeat } from './targets.mjs';

const DOCUMENT = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

/** Puts the figures into docs/benchmarks.md. */
export async function writeDocument(heats) {
  const sections = [...heats].sort(byModelAndLength).map(formatSection);
  await replaceMeasured(DOCUMENT, sections.join('\n\n'));
}

function byModelAndLength(one, other) {
  return other.model.localeCompare(one.model) || other.audioSeconds - one.audioSeconds;
}

function formatSection(heat) {
  const { machine, results } = heat;
  const versions = results.flatMap(({ key, version }) =>
    version === undefined || ['product', 'faster-whisper'].includes(key) ? [] : [version],
  );
  return [
    `### ${heat.model}, ${heat.recording} (${Math.round(heat.audioSeconds)} s)`,
    `${heat.measuredAt.slice(0, 10)}, ${heat.threads} threads; ${machine.processor}, ${machine.cores} cores ` +
      `(${machine.vectorInstructions.join(', ')}), ${machine.memoryGibibytes} GiB, ${machine.system}, Node ${machine.node}; ${versions.join('; ')}.`,
    formatHeat(heat, judgeHeat(heat)),
  ].join('\n\n');
}
