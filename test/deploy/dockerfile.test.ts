import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser, type Copy, type From } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';
import { expect, test } from 'vitest';
import { readDeployFile, unknownVariables } from './deploy-files.js';

const TEXT = readDeployFile('deploy/Dockerfile');
const dockerfile = DockerfileParser.parse(TEXT);

interface Stage {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly { keyword: string; text: string }[];
}

/** Each FROM with what follows it. */
function readStages(): Stage[] {
  const stages: { name: string; base: string; instructions: { keyword: string; text: string }[] }[] = [];
  for (const instruction of dockerfile.getInstructions()) {
    const keyword = instruction.getKeyword();
    if (keyword === 'FROM') {
      const from = instruction as From;
      stages.push({ name: from.getBuildStage() ?? '', base: from.getImage() ?? '', instructions: [] });
    } else stages.at(-1)?.instructions.push({ keyword, text: instruction.getArgumentsContent() ?? '' });
  }
  return stages;
}
const stages = readStages();

/** What holds for an image, by its own stage or by one that it is made from. */
function inherited(name: string, keyword: string): string[] {
  const stage = stages.find((one) => one.name === name);
  if (stage === undefined) return [];
  const own = stage.instructions.filter((one) => one.keyword === keyword).map(({ text }) => text);
  return [...inherited(stage.base, keyword), ...own];
}

const IMAGES = ['api', 'worker', 'worker-cuda', 'console'];

test('a linter has nothing to say about the Dockerfile', () => {
  expect(
    validate(TEXT).map(({ message, range }) => `line ${String(range.start.line + 1)}: ${JSON.stringify(message)}`),
  ).toEqual([]);
  expect(validate('FROM node\nRUNN x\n')).not.toEqual([]);
});

test('what is copied exists: in the repository, or in a stage above', () => {
  const seen: string[] = [];
  const checked: string[] = [];
  for (const instruction of dockerfile.getInstructions()) {
    if (instruction.getKeyword() === 'FROM') seen.push((instruction as From).getBuildStage() ?? '');
    if (instruction.getKeyword() !== 'COPY') continue;
    const from = (instruction as Copy).getFlags().find((flag) => flag.getName() === 'from');
    const paths = instruction.getArguments().map((argument) => argument.getValue());
    for (const source of paths.slice(0, -1)) {
      if (from !== undefined) expect(seen, source).toContain(from.getValue());
      const inRepository = from === undefined ? source : /^\/src\/(.*)$/.exec(source)?.[1];
      // Built inside, or not of the repository at all.
      if (inRepository === undefined || inRepository.includes('.cache')) continue;
      expect(existsSync(join(REPOSITORY_DIRECTORY, inRepository)), source).toBe(true);
      checked.push(source);
    }
  }
  expect(checked.length).toBeGreaterThan(5);
});

test('every image runs as a user without rights, says how it is, and is ended in order', () => {
  for (const image of IMAGES) {
    expect(inherited(image, 'USER').at(-1), image).toBe('10001:0');
    expect(inherited(image, 'HEALTHCHECK').at(-1), image).toContain('deploy/healthcheck.mjs');
    expect(inherited(image, 'ENTRYPOINT').at(-1), image).toContain('tini');
    expect(inherited(image, 'RUN').join('\n'), image).toContain('tini');
  }
  for (const image of ['api', 'worker', 'worker-cuda']) {
    expect(inherited(image, 'RUN').join('\n'), image).toContain('ffmpeg');
    expect(inherited(image, 'VOLUME'), image).toEqual(['/data']);
  }
});

test('base images are pinned by version', () => {
  const bases = stages.map(({ base }) => base).filter((base) => !stages.some(({ name }) => name === base));
  expect(bases.length).toBeGreaterThan(3);
  for (const base of bases) expect(base).toMatch(/:\$\{(?:NODE|CUDA)_VERSION\}-/);
  expect(TEXT).toMatch(/ARG NODE_VERSION=20\.(?:19|[2-9]\d)\.\d+\n/);
});

test('what the images and their commands name exists, and every variable is one that a program reads', () => {
  const commands = IMAGES.flatMap((image) => inherited(image, 'CMD')).join(' ');
  for (const app of ['api', 'worker']) {
    expect(commands).toContain(`apps/${app}/dist/main.js`);
    expect(existsSync(join(REPOSITORY_DIRECTORY, 'apps', app, 'src', 'main.ts'))).toBe(true);
  }
  for (const [, script = ''] of TEXT.matchAll(/node ((?:scripts|deploy)\/[\w-]+\.mjs)/g)) {
    expect(existsSync(join(REPOSITORY_DIRECTORY, script)), script).toBe(true);
  }
  const names = stages
    .flatMap(({ instructions }) => instructions)
    .filter(({ keyword }) => keyword === 'ENV')
    .flatMap(({ text }) => [...text.matchAll(/(?:^|\s)([A-Z_]+)=/g)].map(([, name = '']) => name));
  expect(names).toContain('DATA_DIR');
  expect(unknownVariables(names)).toEqual([]);
});

test('nothing private and nothing built here gets into the context of a build', () => {
  const ignored = readDeployFile('.dockerignore').split('\n');
  for (const pattern of ['**/node_modules', '**/dist', 'data', '.env', '.git']) expect(ignored).toContain(pattern);
});
