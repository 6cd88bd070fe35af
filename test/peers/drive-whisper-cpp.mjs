// whisper.cpp's command line as a driver (see driver-process.mjs): node drive-whisper-cpp.mjs PROGRAM THREADS
// Every order is a process of its own, as a user of the command line has it; the time that it says it took to load the model is taken off.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { serveOrders } from './serve-orders.mjs';

const run = promisify(execFile);
const OUTPUT_BYTES_MAX = 2 ** 26;
const [program = '', threads = ''] = process.argv.slice(2);
// Greedy, no context from the window before: the fastest settings, with flash attention.
const SETTINGS = ['--threads', threads, '--flash-attn', '--beam-size', '1', '--best-of', '1', '--max-context', '0'];
const directory = await mkdtemp(path.join(tmpdir(), 'vt-peers-whisper-cpp-'));
let modelPath = '';

try {
  await serveOrders(await findVersion(), {
    async load({ model }) {
      modelPath = model;
      return { seconds: undefined };
    },
    async transcribe({ file, language }, signal) {
      const output = path.join(directory, 'transcript');
      const startedAt = performance.now();
      const { stderr } = await run(
        program,
        [
          ...SETTINGS,
          '--model',
          modelPath,
          '--language',
          language,
          '--output-txt',
          '--output-file',
          output,
          '--file',
          file,
        ],
        { maxBuffer: OUTPUT_BYTES_MAX, signal },
      );
      const wallSeconds = (performance.now() - startedAt) / 1000;
      const loadSeconds = Number(/load time =\s*([\d.]+) ms/.exec(stderr)?.[1] ?? 0) / 1000;
      const text = await readFile(`${output}.txt`, 'utf8');
      return { text: text.replaceAll('\n', ' '), seconds: wallSeconds - loadSeconds, loadSeconds };
    },
  });
} finally {
  await rm(directory, { recursive: true, force: true });
}

async function findVersion() {
  const { stdout, stderr } = await run(program, ['--version']).catch((error) => error);
  return `whisper.cpp ${/version[:\s]+(\S+)/i.exec(`${stdout}${stderr}`)?.[1] ?? ''}`.trim();
}
