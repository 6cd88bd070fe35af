import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJson, readText, readWorkspaces, REPOSITORY, SCOPE } from './workspaces.js';

const EXAMPLE = 'test/example-backend';
const CONTRIBUTING = readText('CONTRIBUTING.md');

/** The text of one recipe, from its heading to the next. */
function recipe(name: string): string {
  const [, text] = CONTRIBUTING.split(`### ${name}\n`);
  if (text === undefined) throw new Error(`CONTRIBUTING.md has no recipe "${name}".`);
  return text.split(/^#{2,3} /m)[0] ?? '';
}

/** What stands in back quotes. */
function quoted(text: string): string[] {
  return [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, inner = '']) => inner);
}

test('the commands of CONTRIBUTING exist', () => {
  const { scripts } = readJson<{ scripts: Record<string, string> }>('package.json');
  const named = [...CONTRIBUTING.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)/g)].map(
    ([, script, verb]) => script ?? verb ?? '',
  );
  expect(named).toContain('check');
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  const tools = [...CONTRIBUTING.matchAll(/\bnpx ([\w-]+)/g)].map(([, tool = '']) => tool);
  expect(tools).toContain('tsc');
  expect(tools.filter((tool) => !existsSync(join(REPOSITORY, 'node_modules/.bin', tool)))).toEqual([]);
});

test('the files and folders that CONTRIBUTING names exist', () => {
  const paths = quoted(CONTRIBUTING).filter((text) =>
    /^(?:apps|packages|backends|drizzle|test|docs)\/[^<>\s]*$/.test(text),
  );
  expect(paths).toContain('apps/worker/src/backends.ts');
  expect(paths.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
});

test('the example backend consists of what the recipe says, and of nothing that it does not say', () => {
  const text = recipe('Add a backend');
  const files = quoted(text).filter((name) => ['package.json', 'tsconfig.json', 'src/index.ts'].includes(name));
  expect(new Set(files).size).toBe(3);
  for (const file of files) expect(existsSync(join(REPOSITORY, EXAMPLE, file)), file).toBe(true);
  const example = readWorkspaces().find(({ folder }) => folder === EXAMPLE);
  expect(example?.dependencies).toEqual(['backend-sdk']);
  expect(example?.developmentDependencies).toEqual(['backend-testkit']);
  for (const name of ['backend-sdk', 'backend-testkit', 'backend-testkit/contract'])
    expect(text).toContain(SCOPE + name);
  const { references } = readJson<{ references: { path: string }[] }>('tsconfig.json');
  expect(references.map(({ path }) => path)).toContain(EXAMPLE);
});

/** The second suite tests the host, which is the same for all; engines of whisper.cpp would need minutes for it. */
const SLOW_BEHIND_A_HOST = new Set([
  'test/inference/smart-whisper-contract.test.ts',
  'test/inference/whisper-cpp-contract.test.ts',
]);

test('every backend runs both suites that the recipe asks for', () => {
  const suites = ['describeBackendContract', 'describeHostedBackendContract'];
  for (const suite of suites) expect(recipe('Add a backend')).toContain(suite);
  const tests = [
    'test/inference/onnxruntime-contract.test.ts',
    'test/inference/smart-whisper-contract.test.ts',
    'test/inference/whisper-cpp-contract.test.ts',
    'test/inference/fake-contract.test.ts',
    `${EXAMPLE}/src/energy-words.test.ts`,
  ];
  const backends = readWorkspaces().filter(({ layer }) => layer === 'backends');
  const missing = backends.filter(({ name }) => !tests.some((path) => readText(path).includes(SCOPE + name)));
  expect(missing.map(({ folder }) => folder)).toEqual([]);
  for (const path of tests) expect(readText(path), path).toContain('describeBackendContract(');
  const hosted = tests.filter((path) => !SLOW_BEHIND_A_HOST.has(path));
  for (const path of hosted) expect(readText(path), path).toContain('describeHostedBackendContract(');
});
