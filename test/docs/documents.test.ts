import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CONFIG_VARIABLES } from '@voice-transcriber/config';
import { CHECKS, SYMPTOMS, type CheckCode, type Symptom } from '@voice-transcriber/doctor';
import { REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';
import { expect, test } from 'vitest';
import { anchorsOf, findBrokenLinks, listCommands, listDocuments, readDocument } from './documents.js';

const DOCUMENTS = listDocuments();
const VT = join(REPOSITORY_DIRECTORY, 'apps', 'cli', 'dist', 'main.js');
function read(path: string): string {
  return readFileSync(join(REPOSITORY_DIRECTORY, path), 'utf8');
}

const commands = DOCUMENTS.flatMap((path) => listCommands(readDocument(path)).map((command) => ({ path, command })));

test('a link to a missing file or heading is found, and one in code is none', () => {
  const text =
    '# A title\n[a](missing.md) [b](#a-title) [c](#none) `[d](e.md)`\n```sh\n[f](g.md)\n```\n[h](https://x.org/i.md)';
  expect(findBrokenLinks('README.md', text)).toEqual(['README.md: missing.md', 'README.md: #none']);
  expect([...anchorsOf('## `vt up`: start\n## Same\n## Same')]).toEqual(['vt-up-start', 'same', 'same-1']);
});

test('all relative links of all pages lead to a file and a heading that are there', () => {
  expect(DOCUMENTS).toContain('docs/operations/README.md');
  const broken = DOCUMENTS.flatMap((path) => findBrokenLinks(path, readDocument(path)));
  expect(broken).toEqual([]);
});

test('the npm scripts that the pages run exist', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = commands.flatMap(({ path, command }) =>
    [...command.matchAll(/\bnpm (?:(?:--silent )?run (?:--silent )?([\w:-]+)|(test|start)\b)/g)].map(
      ([, script, verb]) => ({ path, script: script ?? verb ?? '' }),
    ),
  );
  expect(named.map(({ script }) => script)).toContain('report:targets');
  expect(named.filter(({ script }) => !(script in scripts))).toEqual([]);
});

test('the vt commands and options that the pages show are in its help', async () => {
  const shown = commands.flatMap(({ path, command }) => {
    const match = /(?:^|\| *)(?:vt|npm run (?:--silent )?vt --|npm run --silent vt --) ([a-z-]+)(.*)$/.exec(command);
    return match === null ? [] : [{ path, command, name: match[1] ?? '', rest: match[2] ?? '' }];
  });
  expect(shown.map(({ name }) => name)).toContain('doctor');
  const help = new Map<string, string>();
  const helpOf = async (...names: string[]): Promise<string> => {
    const key = names.join(' ');
    const known = help.get(key);
    if (known !== undefined) return known;
    const { PATH = '' } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, [VT, ...names, '--help'], { env: { PATH } });
    help.set(key, stdout);
    return stdout;
  };
  const all = await helpOf();
  const unknown: string[] = [];
  for (const { path, command, name, rest } of shown) {
    if (!new RegExp(`^  ${name}\\b`, 'm').test(all)) {
      unknown.push(`${path}: ${command}: there is no vt ${name}`);
      continue;
    }
    const own = await helpOf(name);
    const [, verb = ''] = /^ ([a-z][a-z-]*)\b/.exec(rest) ?? [];
    const hasVerb = new RegExp(`^  ${verb}\\b`, 'm').test(own) && verb !== '';
    const text = hasVerb ? own + (await helpOf(name, verb)) : own;
    const options = [...rest.matchAll(/ (--[a-z][a-z-]*)/g)].map(([, option = '']) => option);
    for (const option of options) if (!text.includes(option)) unknown.push(`${path}: ${command}: no option ${option}`);
  }
  expect(unknown).toEqual([]);
});

test('the files of this repository that commands name exist', () => {
  // What a command makes is not there before; deploy/NAME is a deployment to kubectl, not a file.
  const made = commands.flatMap(({ command }) => /^cp \S+ (\S+)$/.exec(command)?.[1] ?? []);
  const ownFiles = commands.filter(({ command }) => !/^kubectl (?!apply|create)/.test(command));
  const missing = ownFiles.flatMap(({ path, command }) =>
    [
      ...command.matchAll(
        /(?:^|[\s@'"=])((?:\.\.\/)*(?:apps|backends|deploy|docs|models|packages|scripts|test)\/[\w./-]+)/g,
      ),
    ]
      .map(([, file = '']) => file.replace(/[.,]$/, ''))
      .filter((file) => !/\/dist\/|\.\.\.$/.test(file) && !made.includes(file))
      .filter((file) => !existsSync(join(REPOSITORY_DIRECTORY, file)))
      .filter((file) => !existsSync(join(REPOSITORY_DIRECTORY, dirname(path), file)))
      .map((file) => `${path}: ${file}`),
  );
  expect(missing, missing.join('\n')).toEqual([]);
});

/** What the performance guide names, with the defaults that it gives; undefined: an example that depends on the machine. */
const GUIDE_VARIABLES: Readonly<Record<string, string | undefined>> = {
  MAX_CONCURRENT_JOBS: '3',
  WHISPER_MODEL_CACHE_SIZE: '2',
  AUDIO_CHUNK_SIZE: '600',
  ENABLE_GPU_ACCELERATION: 'True',
  MEMORY_OPTIMIZATION: 'True',
  MAX_FILE_SIZE: '500MB',
  AUDIO_OPTIMIZATION: 'True',
  CLEANUP_INTERVAL: '300',
  LOG_LEVEL: 'WARNING',
  LOG_PERFORMANCE_METRICS: 'True',
  OMP_NUM_THREADS: undefined,
  MKL_NUM_THREADS: undefined,
  INSTANCE_ID: undefined,
};

test('the configuration reference has every variable, and those of the performance guide with its defaults', () => {
  const page = readDocument('docs/operations/configuration.md');
  for (const { name } of CONFIG_VARIABLES) expect(page).toMatch(new RegExp(`^\\| \`${name}\` `, 'm'));
  for (const [name, fallback] of Object.entries(GUIDE_VARIABLES)) {
    const known = CONFIG_VARIABLES.find((variable) => variable.name === name);
    expect(known, name).toBeDefined();
    if (fallback !== undefined) expect([name, known?.default]).toEqual([name, fallback]);
  }
});

/** The rows of the performance guide's troubleshooting, and the checks that answer each. */
const GUIDE_ROWS: Readonly<Record<Symptom, Readonly<Record<string, readonly CheckCode[]>>>> = {
  'slow-transcription': {
    'check model size': ['speed', 'model-choice'],
    'verify system resources': ['processor', 'memory', 'graphics', 'vector-instructions', 'threads'],
    'check for memory leaks': ['memory-growth'],
    'optimize audio file format': ['preparation', 'audio-optimization'],
  },
  'high-memory': {
    'reduce concurrent jobs': ['jobs'],
    'use smaller models': ['memory', 'model-choice'],
    'enable memory optimization': ['memory-settings'],
    'check for memory leaks': ['memory-growth', 'worker-memory'],
  },
  'high-cpu': {
    'limit concurrent jobs': ['jobs', 'threads'],
    'use CPU-optimized models': ['model-choice', 'native-build'],
    'check for infinite loops': ['stuck', 'idle-load'],
    'optimize file processing': ['preparation', 'audio-optimization'],
  },
  'upload-trouble': {
    'check file size limits': ['upload-limit', 'upload-speed'],
    'verify network connection': ['server', 'upload-speed'],
    'check disk space': ['disk-space', 'spool'],
    'optimize file format': ['failures'],
  },
};

test('each row of the performance guide is answered by checks of the doctor, and the page on troubleshooting has all of them', () => {
  expect(Object.keys(GUIDE_ROWS).sort()).toEqual([...SYMPTOMS].sort());
  for (const [symptom, rows] of Object.entries(GUIDE_ROWS)) {
    for (const [row, codes] of Object.entries(rows)) {
      for (const code of codes)
        expect([row, code, CHECKS[code].symptoms]).toEqual([row, code, expect.arrayContaining([symptom])]);
    }
  }
  const page = readDocument('docs/operations/troubleshooting.md');
  expect(Object.keys(CHECKS).filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});

test('each check of the doctor is provoked in a test', () => {
  const sources = ['packages/doctor/src/machine.test.ts', 'packages/doctor/src/judge-trials.test.ts'];
  const text = [...sources, 'test/doctor/queue.test.ts', 'test/doctor/vt-doctor.test.ts'].map(read).join('\n');
  /** What the environment of a test cannot bring about: another Node.js, and programs that are not built. */
  const exempt = ['node', 'build'];
  expect(Object.keys(CHECKS).filter((code) => !text.includes(`'${code}'`) && !exempt.includes(code))).toEqual([]);
});
