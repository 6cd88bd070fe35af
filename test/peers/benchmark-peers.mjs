// `npm run benchmark:peers`: our engine and the whole product beside whisper.cpp, faster-whisper and transformers.js, on the same weights, recordings and
// threads, in turns. What each option and variable means, and what was measured: docs/benchmarks.md. Ends with 1 when a target is missed.
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createModelStore, EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import { listContenders } from './contenders.mjs';
import { describeMachine } from './describe-machine.mjs';
import { writeDocument } from './write-document.mjs';
import { formatHeat } from './format-heat.mjs';
import { collectRecordings, RECORDING_NAMES } from './recordings.mjs';
import { runHeat } from './run-heat.mjs';
import { judgeHeat } from './targets.mjs';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: 'tiny.en-q8_0,base-q8_0' },
    recordings: { type: 'string', default: RECORDING_NAMES.join(',') },
    contenders: { type: 'string' },
    repetitions: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    json: { type: 'string', default: path.join(REPOSITORY, 'test-output', 'benchmark-peers.json') },
    document: { type: 'boolean', default: false },
  },
});
const audioDirectory = process.env.PEERS_AUDIO_DIR ?? path.join(REPOSITORY, '..', 'shared', 'audio', 'dev');
const modelsDirectory = process.env.MODELS_DIR ?? path.join(REPOSITORY, 'data', 'models');
if (!existsSync(path.join(audioDirectory, 'CATALOG.tsv'))) {
  throw new Error(
    `There are no recordings in ${audioDirectory}: set PEERS_AUDIO_DIR to a folder with CATALOG.tsv, clips and texts.`,
  );
}

const workDirectory = await mkdtemp(path.join(tmpdir(), 'vt-peers-'));
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    rmSync(workDirectory, { recursive: true, force: true });
    process.exit(1);
  });
}
let isMissed = false;
try {
  const store = createModelStore({ directories: [modelsDirectory, EMBEDDED_MODELS_DIRECTORY] });
  const wanted = options.contenders?.split(',');
  const contenders = listContenders({
    modelsDirectory,
    workDirectory,
    threads: Number(options.threads),
    environment: process.env,
  }).filter(({ key }) => wanted?.includes(key) ?? true);
  const recordings = await collectRecordings({ audioDirectory, workDirectory, names: options.recordings.split(',') });
  const machine = await describeMachine();
  for (const name of options.models.split(',')) {
    const { path: checkpointPath } = await store.require(name);
    for (const recording of recordings) {
      const { audioSeconds } = recording;
      console.log(`\n${name}, ${recording.name} (${audioSeconds.toFixed(0)} s), ${options.threads} threads`);
      const results = await runHeat({
        contenders,
        checkpoint: { name, path: checkpointPath },
        recording,
        repetitions: Number(options.repetitions),
        log: console.log,
      });
      const heat = {
        model: name,
        recording: recording.name,
        audioSeconds,
        threads: Number(options.threads),
        measuredAt: new Date().toISOString(),
        machine,
        results,
      };
      await keepHeat(heat);
      const verdicts = judgeHeat(heat);
      isMissed ||= verdicts.some(({ verdict }) => verdict === 'missed');
      console.log(`\n${formatHeat(heat, verdicts)}`);
    }
  }
  console.log(`\nFigures: ${options.json}`);
  if (options.document) await writeDocument((await readHeats()).heats);
} finally {
  await rm(workDirectory, { recursive: true, force: true });
}
process.exitCode = isMissed ? 1 : 0;

/** A heat replaces an earlier one of the same model and recording, so that a long measurement can be made in parts. */
async function keepHeat(heat) {
  const { heats } = await readHeats();
  const others = heats.filter(({ model, recording }) => model !== heat.model || recording !== heat.recording);
  await mkdir(path.dirname(options.json), { recursive: true });
  await writeFile(options.json, `${JSON.stringify({ v: 1, heats: [...others, heat] }, null, 2)}\n`);
}

async function readHeats() {
  return existsSync(options.json) ? JSON.parse(await readFile(options.json, 'utf8')) : { heats: [] };
}
