import { expect, test } from 'vitest';
import { leaves, readJson, readSources, readWorkspaces, SCOPE, withoutScope, type Workspace } from './workspaces.js';

const workspaces = readWorkspaces();
const byName = new Map(workspaces.map((workspace) => [workspace.name, workspace]));
const DEVELOPMENT_ONLY = ['testkit', 'backend-testkit'];

/** Which of our packages a workspace may use, apart from those that are for development only. */
function mayUse(user: Workspace, used: Workspace): boolean {
  if (user.folder === 'apps/console' || user.name === 'backend-sdk') return false;
  if (used.layer === 'apps' || used.layer === 'test') return false;
  if (user.layer === 'test') return true;
  if (used.layer === 'backends') return user.folder === 'apps/worker';
  return user.layer !== 'backends' || used.name === 'backend-sdk';
}

test('the workspaces are found, so that the rules below are about something', () => {
  expect(workspaces.length).toBeGreaterThanOrEqual(20);
  expect(readSources(byName.get('jobs') as Workspace).flatMap(({ imports }) => imports)).toContain(`${SCOPE}db`);
});

test('every dependency between our packages follows an arrow of ARCHITECTURE', () => {
  const forbidden = workspaces.flatMap((user) =>
    user.dependencies
      .filter((name) => !mayUse(user, byName.get(name) as Workspace))
      .map((name) => `${user.folder} must not depend on ${name}`),
  );
  expect(forbidden).toEqual([]);
});

test('the backend contract depends on nothing at all', () => {
  expect(byName.get('backend-sdk')?.allDependencies).toEqual([]);
});

test('test kits are development dependencies only', () => {
  const forbidden = workspaces.flatMap(({ folder, dependencies }) =>
    dependencies.filter((name) => DEVELOPMENT_ONLY.includes(name)).map((name) => `${folder} ships ${name}`),
  );
  expect(forbidden).toEqual([]);
});

test('the only development dependency of a backend on our packages is the contract suite', () => {
  const forbidden = workspaces
    .filter(({ layer }) => layer === 'backends')
    .flatMap(({ folder, developmentDependencies }) =>
      developmentDependencies.filter((name) => name !== 'backend-testkit').map((name) => `${folder}: ${name}`),
    );
  expect(forbidden).toEqual([]);
});

test('packages do not depend on each other in a circle', () => {
  const visit = (name: string, trail: readonly string[]): string[] => {
    if (trail.includes(name)) return [[...trail, name].join(' → ')];
    return (byName.get(name)?.dependencies ?? []).flatMap((next) => visit(next, [...trail, name]));
  };
  expect(workspaces.flatMap(({ name }) => visit(name, []))).toEqual([]);
});

test('sources import of our packages only what their manifest declares, through declared entries', () => {
  const forbidden = workspaces.flatMap((workspace) =>
    readSources(workspace).flatMap((file) => {
      const { dependencies, developmentDependencies } = workspace;
      const allowed = file.isTest ? [...dependencies, ...developmentDependencies] : dependencies;
      return file.imports
        .filter((specifier) => specifier.startsWith(SCOPE))
        .filter((specifier) => {
          const [name = '', ...entry] = withoutScope(specifier).split('/');
          const isEntry = byName.get(name)?.exports.includes(['.', ...entry].join('/'));
          return !isEntry || !(allowed.includes(name) || name === workspace.name);
        })
        .map((specifier) => `${file.path} imports ${specifier}`);
    }),
  );
  expect(forbidden).toEqual([]);
});

test('no source reaches into another workspace by a relative path', () => {
  const forbidden = workspaces.flatMap((workspace) =>
    readSources(workspace).flatMap((file) =>
      file.imports
        .filter((specifier) => specifier.startsWith('.') && leaves(workspace, file, specifier))
        .map((specifier) => `${file.path} imports ${specifier}`),
    ),
  );
  expect(forbidden).toEqual([]);
});

test('only the worker names a backend', () => {
  const backends = workspaces.filter(({ layer }) => layer === 'backends').map(({ name }) => `${SCOPE}${name}`);
  const naming = workspaces
    .filter(({ folder, layer }) => folder !== 'apps/worker' && layer !== 'test' && layer !== 'backends')
    .flatMap((workspace) => readSources(workspace))
    .filter(({ isTest, text }) => !isTest && backends.some((name) => text.includes(name)))
    .map(({ path }) => path);
  expect(naming).toEqual([]);
});

test('compiling a package compiles what it depends on first', () => {
  const missing = workspaces
    .filter(({ layer, folder }) => layer !== 'test' && folder !== 'apps/console')
    .flatMap(({ folder, dependencies }) => {
      const { references = [] } = readJson<{ references?: { path: string }[] }>(`${folder}/tsconfig.json`);
      const referenced = references.map(({ path }) => path.replace('../../', ''));
      return dependencies
        .map((name) => byName.get(name)?.folder ?? name)
        .filter((needed) => !referenced.includes(needed))
        .map((needed) => `${folder}/tsconfig.json lacks a reference to ${needed}`);
    });
  expect(missing).toEqual([]);
});
