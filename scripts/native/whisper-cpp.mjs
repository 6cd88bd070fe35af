/** whisper.cpp's server and command line, compiled with CMake. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { takeLock } from './build-lock.mjs';
import { runWithProgress } from './run-with-progress.mjs';
import {
  BUILD_MILLISECONDS_MAX,
  findCompiler,
  firstLine,
  NativeBuildError,
  processorIdentity,
  requireTools,
  ROOT_DIRECTORY,
  run,
  vectorInstructions,
} from './toolchain.mjs';

/** Changes when this script builds differently, so that older results are made again. */
const RECIPE = 1;
/** CUDA is compiled once more for each generation of graphics processors. */
const MODULAR_MILLISECONDS_MAX = 90 * 60_000;
const STAMP_NAME = 'voice-transcriber-build.json';
const CACHE_DIRECTORY = path.join(ROOT_DIRECTORY, 'node_modules', '.cache', 'voice-transcriber', 'whisper-cpp');
const CURRENT_LINK = path.join(CACHE_DIRECTORY, 'current');
const PROGRAMS = ['whisper-server', 'whisper-cli'];

/**
 * Compiles when something changed since the last time, else gives what is there (`seconds` undefined). Safe to call from several processes at once.
 * Throws NativeBuildError when it cannot, with what to install.
 */
export async function ensureWhisperCpp({ portable, log }) {
  const release = await takeLock(path.join(CACHE_DIRECTORY, '.build-lock'), {
    millisecondsMax: MODULAR_MILLISECONDS_MAX,
  });
  try {
    const source = findSource();
    const compiler = await findCompiler();
    // Without a compiler a binary that was made for this machine is still good.
    if (compiler === undefined && (await currentSuits(source))) return { directory: CURRENT_LINK };
    await requireTools({
      what: 'whisper.cpp',
      compiler,
      programs: ['cmake', 'make'],
      packages: {
        debian: 'cmake g++ make',
        fedora: 'cmake gcc-c++ make',
        macos: 'xcode-select --install; brew install cmake',
      },
    });
    const plan = await planBuild({ source, compiler, portable });
    const directory = path.join(CACHE_DIRECTORY, plan.key);
    let seconds;
    if (!existsSync(path.join(directory, STAMP_NAME))) {
      const startedAt = Date.now();
      await buildAside(directory, plan, log);
      seconds = (Date.now() - startedAt) / 1000;
    }
    await makeCurrent(plan.key);
    return { directory, seconds };
  } finally {
    await release();
  }
}

/** The package's folder with whisper.cpp in it, and whisper.cpp's own version. */
function findSource() {
  const manifest = createRequire(path.join(ROOT_DIRECTORY, 'backends', 'whisper-cpp', 'package.json')).resolve(
    'nodejs-whisper/package.json',
  );
  const directory = path.join(path.dirname(manifest), 'cpp', 'whisper.cpp');
  const lists = readFileSync(path.join(directory, 'CMakeLists.txt'), 'utf8');
  const version = /project\("whisper\.cpp" VERSION ([\d.]+)\)/.exec(lists)?.[1];
  if (version === undefined)
    throw new NativeBuildError(`${directory} is not the source of whisper.cpp. Run "npm install" again.`);
  return { directory, version };
}

async function currentSuits(source) {
  const stamp = await readFile(path.join(CURRENT_LINK, STAMP_NAME), 'utf8').then(JSON.parse, () => undefined);
  return stamp?.source === source.version && (stamp.processor === undefined || stamp.processor === processorIdentity());
}

async function planBuild({ source, compiler, portable }) {
  const cuda = await firstLine('nvcc', ['--version']);
  // Libraries that are loaded at run time: the build works on every processor, and one with CUDA also where no driver is installed.
  const isModular = portable || cuda !== undefined;
  const instructions = isModular ? [] : await vectorInstructions(compiler.cxx);
  if (instructions === undefined) {
    throw new NativeBuildError(
      `${compiler.version} does not know this processor. Install a newer g++ or clang++, or build with "npm run build:whisper-cpp -- --portable".`,
    );
  }
  const options = {
    CMAKE_BUILD_TYPE: 'Release',
    CMAKE_C_COMPILER: compiler.c,
    CMAKE_CXX_COMPILER: compiler.cxx,
    // Matrix kernels that are off outside llama.cpp: on this source they take a third off the time of f16 and q8_0 checkpoints.
    GGML_LLAMAFILE: 'ON',
    GGML_CCACHE: 'OFF',
    GGML_CUDA: cuda === undefined ? 'OFF' : 'ON',
    GGML_NATIVE: isModular ? 'OFF' : 'ON',
    GGML_BACKEND_DL: isModular ? 'ON' : 'OFF',
    GGML_CPU_ALL_VARIANTS: isModular ? 'ON' : 'OFF',
    BUILD_SHARED_LIBS: isModular ? 'ON' : 'OFF',
    CMAKE_BUILD_WITH_INSTALL_RPATH: 'ON',
    CMAKE_INSTALL_RPATH: process.platform === 'darwin' ? '@loader_path' : '$ORIGIN',
    WHISPER_BUILD_TESTS: 'OFF',
    WHISPER_BUILD_EXAMPLES: 'ON',
    WHISPER_BUILD_SERVER: 'ON',
    WHISPER_SDL2: 'OFF',
    WHISPER_CURL: 'OFF',
  };
  const facts = {
    recipe: RECIPE,
    source: source.version,
    compiler: compiler.version,
    ...(cuda === undefined ? {} : { cuda: await cudaVersion() }),
    ...(isModular ? {} : { processor: processorIdentity() }),
    instructions,
    options,
  };
  const key = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
  return { key, source, facts, isModular };
}

async function cudaVersion() {
  const { stdout } = await run('nvcc', ['--version'], { timeout: 60_000 });
  return /release ([\d.]+)/.exec(stdout)?.[1] ?? 'unknown';
}

/** Builds in a folder of its own and moves only finished programs into place, so that nobody ever meets half a server. */
async function buildAside(directory, { source, facts, isModular }, log) {
  const millisecondsMax = isModular ? MODULAR_MILLISECONDS_MAX : BUILD_MILLISECONDS_MAX;
  const scratch = `${directory}.building`;
  const tree = path.join(scratch, 'tree');
  const result = path.join(scratch, 'result');
  await rm(scratch, { recursive: true, force: true });
  try {
    await mkdir(result, { recursive: true });
    const expected = isModular ? 'ten minutes or more' : 'one to three minutes';
    log(`Compiling whisper.cpp ${source.version} (once, ${expected} on two cores) …`);
    const definitions = Object.entries(facts.options).map(([name, value]) => `-D${name}=${value}`);
    await runWithProgress('cmake', ['-S', source.directory, '-B', tree, ...definitions], {
      log,
      what: 'Configuring',
      millisecondsMax,
    });
    const startedAt = Date.now();
    await runWithProgress(
      'cmake',
      ['--build', tree, '--parallel', String(os.availableParallelism()), '--target', ...PROGRAMS],
      { log, what: 'Compiling', millisecondsMax },
    );
    await copyResult(path.join(tree, 'bin'), result);
    for (const program of PROGRAMS) await checkRuns(path.join(result, program));
    const stamp = {
      ...facts,
      buildSeconds: Math.round((Date.now() - startedAt) / 1000),
      server: 'whisper-server',
      cli: 'whisper-cli',
    };
    await writeFile(path.join(result, STAMP_NAME), JSON.stringify(stamp, undefined, 2));
    await rm(directory, { recursive: true, force: true });
    await rename(result, directory);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The programs, and in a modular build the libraries that lie beside them. Links are copied as the files they name. */
async function copyResult(from, to) {
  for (const name of await readdir(from)) {
    const isLibrary = /\.(so|dylib)(\.|$)/.test(name);
    if (isLibrary || PROGRAMS.includes(name)) await copyFile(path.join(from, name), path.join(to, name));
  }
}

async function checkRuns(program) {
  if ((await firstLine(program, ['--help'])) !== undefined) return;
  throw new NativeBuildError(
    `${path.basename(program)} was compiled but does not run. Check the compiler's installation.`,
  );
}

/** A link is replaced whole: whoever reads it finds the old build or the new one. */
async function makeCurrent(key) {
  const fresh = `${CURRENT_LINK}.${process.pid}`;
  await rm(fresh, { force: true });
  await symlink(key, fresh, 'dir');
  await rename(fresh, CURRENT_LINK);
}
