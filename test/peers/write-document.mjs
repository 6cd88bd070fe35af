import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { formatHeat } from './format-heat.mjs';
import { judgeHeat } from './targets.mjs';

const DOCUMENT = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const MEASURED = /(<!-- measured: [^>]*-->\n)[\s\S]*(<!-- end of measured -->)/;

/** Puts the figures into docs/benchmarks.md, between its two marks; the words around them are written by people. */
export async function writeDocument(heats) {
  const text = await readFile(DOCUMENT, 'utf8');
  if (!MEASURED.test(text)) throw new Error(`${DOCUMENT} has lost the marks between which the figures go.`);
  const sections = [...heats].sort(byModelAndLength).map(formatSection);
  // A function, because figures may hold what a replacement text gives a meaning to.
  await writeFile(
    DOCUMENT,
    text.replace(MEASURED, (_all, start, end) => `${start}\n${sections.join('\n\n')}\n\n${end}`),
  );
  await promisify(execFile)('npx', ['prettier', '--write', '--log-level=warn', DOCUMENT]);
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
