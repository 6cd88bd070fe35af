/**
 * `node scripts/assemble.mjs api|worker|console DIRECTORY`: puts together what one application needs at run time, and nothing else, in a new folder. Images are made of it.
 *
 * Everything must be built. The folders lie as in the repository; the dependencies are the locked ones, without those for development, for other systems, and those
 * that an image brings itself or that only a compiler needs.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDirectory, run } from './workspace.mjs';

const SCOPE = '@voice-transcriber/';
/** Beside the compiled packages. */
const EXTRAS = { api: ['drizzle', 'models', 'deploy/healthcheck.mjs'], worker: ['models', 'deploy/healthcheck.mjs'] };
const WHISPER_CPP = 'node_modules/.cache/voice-transcriber/whisper-cpp';
/** Images have ffmpeg of their distribution; the sources of whisper.cpp are compiled before. */
const LEFT_OUT = [
  '@ffmpeg-installer',
  '@ffprobe-installer',
  'nodejs-whisper',
  'smart-whisper',
  'onnxruntime-node/script',
];

const [application = '', target = ''] = process.argv.slice(2);
if (!['api', 'worker', 'console'].includes(application) || target === '' || existsSync(target)) {
  console.error('Usage: node scripts/assemble.mjs api|worker|console DIRECTORY  (a folder that does not exist yet)');
  process.exit(2);
}
mkdirSync(target, { recursive: true });
if (application === 'console') assembleConsole();
else await assemble();

async function assemble() {
  const folders = closure(`apps/${application}`);
  for (const folder of folders) {
    if (!existsSync(join(repositoryDirectory, folder, 'dist')))
      throw new Error(`${folder} is not built. Run "npm run build" first.`);
    copy(join(folder, 'dist'));
    writeManifest(folder);
  }
  for (const extra of EXTRAS[application]) copy(extra);
  copy('package-lock.json');
  copy('.npmrc');
  const { name, version, license, type, engines, overrides } = readJson('package.json');
  const root = { name, version, private: true, license, type, engines, workspaces: folders, overrides };
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(root, undefined, 2)}\n`);
  const install = ['install', '--omit=dev', '--no-save', '--no-audit', '--no-fund'];
  const { code, output } = await run('npm', install, { quiet: true, directory: target });
  if (code !== 0) throw new Error(`Installing the dependencies failed:\n${output}`);
  leaveOut();
  if (application === 'worker') copyWhisperCpp();
}

/** Next.js finds out by itself what its server needs; files that it serves as they are lie beside. */
function assembleConsole() {
  const folder = join(repositoryDirectory, 'apps', 'console');
  const standalone = join(folder, '.next', 'standalone');
  if (!existsSync(standalone))
    throw new Error(
      'The console is not built for an image. Run "VT_CONSOLE_STANDALONE=1 npm run build" in apps/console first.',
    );
  cpSync(standalone, target, { recursive: true, verbatimSymlinks: true });
  cpSync(join(folder, '.next', 'static'), join(target, 'apps', 'console', '.next', 'static'), { recursive: true });
  copy('deploy/healthcheck.mjs');
}

/** The folders of a workspace and of all of ours that it uses at run time. */
function closure(first) {
  const byName = new Map();
  for (const layer of ['apps', 'packages', 'backends']) {
    for (const name of readdirSync(join(repositoryDirectory, layer))) {
      const folder = `${layer}/${name}`;
      if (existsSync(join(repositoryDirectory, folder, 'package.json')))
        byName.set(readJson(`${folder}/package.json`).name, folder);
    }
  }
  const found = new Set();
  const visit = (folder) => {
    if (found.has(folder)) return;
    found.add(folder);
    for (const name of Object.keys(readJson(`${folder}/package.json`).dependencies ?? {})) {
      if (name.startsWith(SCOPE)) visit(byName.get(name));
    }
  };
  visit(first);
  return [...found].sort();
}

/** What is for development would be looked for, test kits included. */
function writeManifest(folder) {
  const manifest = readJson(`${folder}/package.json`);
  delete manifest.devDependencies;
  delete manifest.scripts;
  writeFileSync(join(target, folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

function leaveOut() {
  const modules = join(target, 'node_modules');
  for (const name of LEFT_OUT) rmSync(join(modules, name), { recursive: true, force: true });
  const native = join(modules, 'onnxruntime-node', 'bin');
  for (const version of existsSync(native) ? readdirSync(native) : []) {
    for (const platform of readdirSync(join(native, version))) {
      const folder = join(native, version, platform);
      if (platform !== process.platform) rmSync(folder, { recursive: true });
      else
        for (const arch of readdirSync(folder))
          if (arch !== process.arch) rmSync(join(folder, arch), { recursive: true });
    }
  }
}

/** A build for the processor of this machine alone must not get into an image. */
function copyWhisperCpp() {
  const current = join(repositoryDirectory, WHISPER_CPP, 'current');
  if (!existsSync(current))
    return console.warn('whisper.cpp is not built: the image will transcribe with ONNX Runtime alone.');
  const build = realpathSync(current);
  const { processor } = JSON.parse(readFileSync(join(build, 'voice-transcriber-build.json'), 'utf8'));
  if (processor !== undefined)
    throw new Error(
      'whisper.cpp is built for this processor alone. Run "npm run build:whisper-cpp -- --portable" first.',
    );
  cpSync(build, join(target, WHISPER_CPP, 'current'), { recursive: true });
}

function copy(path) {
  cpSync(join(repositoryDirectory, path), join(target, path), {
    recursive: true,
    filter: (from) => !/\.(tsbuildinfo|map|d\.ts)$/.test(from),
  });
}

function readJson(path) {
  return JSON.parse(readFileSync(join(repositoryDirectory, path), 'utf8'));
}
