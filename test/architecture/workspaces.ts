import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
export const SCOPE = '@voice-transcriber/';

export type Layer = 'packages' | 'backends' | 'apps' | 'test';

export interface Workspace {
  /** Without the scope: `jobs`, `backend-smart-whisper`. */
  readonly name: string;
  readonly layer: Layer;
  /** From the repository's root: `packages/jobs`. */
  readonly folder: string;
  /** Names of our own packages, without the scope. */
  readonly dependencies: readonly string[];
  readonly developmentDependencies: readonly string[];
  readonly allDependencies: readonly string[];
  /** `.`, `./handlers` … */
  readonly exports: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export function readWorkspaces(): Workspace[] {
  const folders = (['packages', 'backends', 'apps'] as const).flatMap((layer) =>
    readdirSync(join(REPOSITORY, layer)).map((name) => ({ layer, folder: `${layer}/${name}` })),
  );
  // A backend by every rule, though it lies beside the tests.
  const example = { layer: 'backends' as const, folder: 'test/example-backend' };
  return [...folders, example, { layer: 'test' as const, folder: 'test' }]
    .filter(({ folder }) => existsSync(join(REPOSITORY, folder, 'package.json')))
    .map(({ layer, folder }) => {
      const manifest = readJson<Manifest>(`${folder}/package.json`);
      return {
        name: withoutScope(manifest.name),
        layer,
        folder,
        dependencies: ours(manifest.dependencies),
        developmentDependencies: ours(manifest.devDependencies),
        allDependencies: Object.keys(manifest.dependencies ?? {}),
        exports: Object.keys(manifest.exports ?? {}),
      };
    });
}

function ours(dependencies: Readonly<Record<string, string>> = {}): string[] {
  return Object.keys(dependencies)
    .filter((name) => name.startsWith(SCOPE))
    .map(withoutScope);
}

export function withoutScope(name: string): string {
  return name.replace(SCOPE, '');
}

export function readJson<Shape>(path: string): Shape {
  return JSON.parse(readText(path)) as Shape;
}

export function readText(path: string): string {
  return readFileSync(join(REPOSITORY, path), 'utf8');
}

/** What is made by tools or belongs to one machine. In a second working tree of git, .git is a file that tells where the first one lies. */
const SKIPPED = ['node_modules', 'dist', '.git', '.next', '.turbo', 'data', 'test-output', 'coverage'];

/** Paths of all files below a folder, from the repository's root. */
export function listFiles(folder: string): string[] {
  return readdirSync(join(REPOSITORY, folder), { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.includes(entry.name)) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
  /** What it imports, as written. */
  readonly imports: readonly string[];
}

/** Hand-written sources of a workspace. */
export function readSources({ folder, layer }: Workspace): SourceFile[] {
  return listFiles(layer === 'test' ? folder : `${folder}/src`)
    .filter((path) => /\.(ts|tsx|mjs|js)$/.test(path) && !isGenerated(path))
    .map((path) => {
      const text = readText(path);
      return { path, text, isTest: layer === 'test' || path.endsWith('.test.ts'), imports: importsOf(text) };
    });
}

export function isGenerated(path: string): boolean {
  return path.startsWith('apps/console/src/gql/');
}

const IMPORT =
  /(?:^|[^\w.])(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]/gm;

function importsOf(text: string): string[] {
  return [...text.matchAll(IMPORT)].map(([, fromStatement, fromCall]) => fromStatement ?? fromCall ?? '');
}

/** Whether a relative import leads out of the workspace. */
export function leaves(workspace: Workspace, file: SourceFile, specifier: string): boolean {
  return relative(workspace.folder, join(dirname(file.path), specifier)).startsWith('..');
}
