// `npm run report:targets`: every target of the performance guide, measured beside asked. Ends with 1 when one is missed.
//   --skip speed,memory,jobs,upload,latency   leaves parts out; each takes a minute or two
//   --minutes 10        length of the recording whose speed is measured
//   --jobs 5            jobs at once
//   --model base-q8_0   model for everything but the memory of the large one
//   --large large-v3 --large-format f16   the large one, written with random weights of the right shape
//   --json FILE         default test-output/targets.json
//   --document          writes the table into docs/operations/targets.md
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDatabase } from '@voice-transcriber/db';
import { startStack } from '@voice-transcriber/testkit';
import { describeMachine } from '../peers/describe-machine.mjs';
import { replaceMeasured } from '../peers/replace-measured.mjs';
import { makeSpeech } from './make-speech.mjs';
import { measureJobs, measureLargeModel, measureLatency, measureSpeed, measureUpload } from './measure-targets.mjs';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENT = path.join(REPOSITORY, 'docs', 'operations', 'targets.md');
const PARTS = ['speed', 'jobs', 'latency', 'upload', 'memory'];

const { values: options } = parseArgs({
  options: {
    skip: { type: 'string', default: '' },
    minutes: { type: 'string', default: '10' },
    jobs: { type: 'string', default: '5' },
    model: { type: 'string', default: 'base-q8_0' },
    large: { type: 'string', default: 'large-v3' },
    'large-format': { type: 'string', default: 'f16' },
    json: { type: 'string', default: path.join(REPOSITORY, 'test-output', 'targets.json') },
    document: { type: 'boolean', default: false },
  },
});
const skipped = options.skip.split(',').filter(Boolean);
const unknown = skipped.filter((name) => !PARTS.includes(name));
if (unknown.length > 0) throw new Error(`--skip knows ${PARTS.join(', ')}, not ${unknown.join(', ')}.`);
const wanted = (name) => !skipped.includes(name);

const directory = await mkdtemp(path.join(tmpdir(), 'vt-targets-'));
const targets = [];
try {
  if (PARTS.slice(0, 4).some(wanted)) await measureStack();
  if (wanted('memory')) {
    const large = { name: options.large, format: options['large-format'], directory };
    targets.push(await measureLargeModel(large));
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
await report();

/** Everything about the running product, on one stack. */
async function measureStack() {
  const jobs = Number(options.jobs);
  const env = { MAX_CONCURRENT_JOBS: String(jobs), DEFAULT_MODEL: options.model };
  if (process.env.MODELS_DIR) env.MODELS_DIR = process.env.MODELS_DIR;
  const stack = await startStack({ workers: 1, database: 'own', env });
  const db = openDatabase(stack.databaseUrl, { connectionsMax: jobs + 1 });
  const measured = { stack, db, model: options.model };
  try {
    if (wanted('speed')) {
      const recording = await makeSpeech({ seconds: Number(options.minutes) * 60, directory });
      targets.push(await measureSpeed({ ...measured, recording }));
    }
    if (wanted('jobs')) {
      const recording = await makeSpeech({ seconds: 120, directory });
      targets.push(await measureJobs({ ...measured, recording, jobs }));
    }
    if (wanted('latency')) targets.push(await measureLatency({ stack, jobs: 3 }));
    if (wanted('upload')) targets.push(await measureUpload({ stack }));
  } finally {
    await db.close();
    await stack.stop();
  }
}

async function report() {
  const machine = await describeMachine();
  const measuredAt = new Date().toISOString();
  const rows = targets.map(({ metric, asked, measured, met, how }) => [
    metric,
    asked,
    measured,
    met ? 'met' : 'MISSED',
    how,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    console.log(row.map((cell, column) => (column < 4 ? cell.padEnd(widths[column]) : cell)).join('  '));
  }
  if (skipped.length > 0) console.log(`Left out: ${skipped.join(', ')}.`);
  await mkdir(path.dirname(options.json), { recursive: true });
  await writeFile(options.json, `${JSON.stringify({ measuredAt, machine, skipped, targets }, undefined, 2)}\n`);
  if (options.document) await replaceMeasured(DOCUMENT, formatDocument({ measuredAt, machine, rows }));
  process.exitCode = targets.some(({ met }) => !met) ? 1 : 0;
}

function formatDocument({ measuredAt, machine, rows }) {
  const where = `${measuredAt.slice(0, 10)}; ${machine.processor}, ${machine.cores} cores (${machine.vectorInstructions.join(', ')}), ${machine.memoryGibibytes} GiB, ${machine.system}, Node ${machine.node}.`;
  const lines = rows.map((row) => `| ${row.join(' | ')} |`);
  return [where, '', '| target | asked | measured | | how |', '| --- | --- | --- | --- | --- |', ...lines].join('\n');
}
