/**
 * smart-whisper's binding, compiled with this machine's vector instructions: as its own install script builds it there are none, and it is six to ten times
 * slower.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { takeLock } from './build-lock.mjs';
import {
  BUILD_MILLISECONDS_MAX,
  findCompiler,
  linksOpenMp,
  machineFlag,
  NativeBuildError,
  predefinedMacros,
  processorIdentity,
  requireTools,
  ROOT_DIRECTORY,
  run,
  vectorInstructions,
} from './toolchain.mjs';

/** Changes when this script builds differently, so that older results are made again. */
const RECIPE = 2;
const STAMP_NAME = 'voice-transcriber-build.json';

/** Compiles when something changed since the last time. Throws NativeBuildError when it cannot. */
export async function ensureSmartWhisper(log) {
  const directory = path.dirname(
    createRequire(path.join(ROOT_DIRECTORY, 'backends', 'smart-whisper', 'package.json')).resolve(
      'smart-whisper/package.json',
    ),
  );
  const binary = path.join(directory, 'build', 'Release', 'smart-whisper.node');
  const stampFile = path.join(directory, 'build', 'Release', STAMP_NAME);
  const release = await takeLock(path.join(directory, '.build-lock'));
  try {
    const source = sourceIdentity(directory);
    const built = await readFile(stampFile, 'utf8').then(JSON.parse, () => undefined);
    // Without a compiler a binary that was made for this machine is still good.
    const compiler = await findCompiler();
    if (existsSync(binary) && built !== undefined && isCurrent(built, { source, compiler })) return;
    const tools = await requireToolchain(compiler);
    log('Compiling the speech engine for this processor (once, about a minute) …');
    const startedAt = Date.now();
    await buildAside(directory, { tools, source });
    log(
      `Compiled in ${Math.round((Date.now() - startedAt) / 1000)} s (${tools.instructions.join(', ') || 'no vector instructions'}).`,
    );
  } finally {
    await release();
  }
}

function isCurrent(built, { source, compiler }) {
  return (
    built.source === source &&
    built.processor === processorIdentity() &&
    built.nodeAbi === process.versions.modules &&
    built.recipe === RECIPE &&
    (compiler === undefined || built.compiler === compiler.version)
  );
}

function sourceIdentity(directory) {
  return JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')).version;
}

async function requireToolchain(compiler) {
  await requireTools({
    what: 'The speech engine',
    compiler,
    programs: ['make', 'python3'],
    packages: { debian: 'g++ make python3', fedora: 'gcc-c++ make python3', macos: 'xcode-select --install' },
  });
  const nodeGyp = findNodeGyp();
  const instructions = await vectorInstructions(compiler.cxx);
  if (instructions === undefined) {
    throw new NativeBuildError(
      `${compiler.version} does not know ${machineFlag()} on this machine. Install a newer g++ or clang++ and run again.`,
    );
  }
  // The binding hands whisper.cpp a parameter structure with uninitialised fields: zeroing automatic variables makes them the defaults.
  const zeroFlag = '-ftrivial-auto-var-init=zero';
  const zeroing = (await predefinedMacros(compiler.cxx, [zeroFlag])) === undefined ? [] : [zeroFlag];
  // Left alone, ggml's threads spin while they wait for each other: with more work than cores that burns most of the time. OpenMP's sleep.
  const threading = (await linksOpenMp(compiler.cxx)) ? ['-fopenmp', '-DGGML_USE_OPENMP'] : [];
  return {
    ...compiler,
    nodeGyp,
    flags: ['-O3', machineFlag(), ...zeroing, ...threading],
    linkFlags: threading.length > 0 ? ['-fopenmp'] : [],
    instructions,
  };
}

/** npm brings node-gyp along; whichever npm runs this script, or lies beside this Node, will do. */
function findNodeGyp() {
  const prefix = path.dirname(path.dirname(process.execPath));
  const npmPrograms = [
    process.env.npm_execpath,
    path.join(prefix, 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    ...(process.env.PATH ?? '').split(path.delimiter).map((directory) => path.join(directory, 'npm')),
  ];
  for (const program of npmPrograms) {
    if (program === undefined || !existsSync(program)) continue;
    const script = path.join(
      path.dirname(realpathSync(program)),
      '..',
      'node_modules',
      'node-gyp',
      'bin',
      'node-gyp.js',
    );
    if (existsSync(script)) return script;
  }
  throw new NativeBuildError(
    'npm was not found beside Node. Install Node 20.19 or newer together with npm and run again.',
  );
}

/** Builds in a copy and swaps it in whole, so that a running product never meets half a binding. */
async function buildAside(directory, { tools, source }) {
  const scratch = path.join(path.dirname(directory), '.smart-whisper-build');
  await rm(scratch, { recursive: true, force: true });
  try {
    await cp(directory, scratch, { recursive: true, filter: (file) => file !== path.join(directory, 'build') });
    await compile(scratch, tools);
    const release = path.join(scratch, 'build', 'Release');
    await checkLoads(path.join(release, 'smart-whisper.node'));
    await writeFile(
      path.join(release, STAMP_NAME),
      JSON.stringify(await describeBuild({ source, tools }), undefined, 2),
    );
    await rm(path.join(directory, 'build'), { recursive: true, force: true });
    await rename(path.join(scratch, 'build'), path.join(directory, 'build'));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function compile(directory, tools) {
  const prefix = path.dirname(path.dirname(process.execPath));
  const hasHeaders = existsSync(path.join(prefix, 'include', 'node', 'node.h'));
  const args = [tools.nodeGyp, 'rebuild', '--release', `--jobs=${os.availableParallelism()}`];
  // Headers beside Node are exactly the right ones, and nothing has to be fetched.
  if (hasHeaders) args.push(`--nodedir=${prefix}`);
  const flags = tools.flags.join(' ');
  const child = spawn(process.execPath, args, {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CC: tools.c,
      CXX: tools.cxx,
      CFLAGS: flags,
      CXXFLAGS: flags,
      LDFLAGS: tools.linkFlags.join(' '),
      ...computeBackend(),
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-20_000)));
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), BUILD_MILLISECONDS_MAX);
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  clearTimeout(timer);
  if (code !== 0) {
    throw new NativeBuildError(
      `${output}\nCompiling the speech engine failed (above: the compiler's last words). Check g++, make, python3 and free disk space.`,
    );
  }
}

/** Left to itself the package links whatever BLAS the system has, headers or not: slower than its own kernels, or no build at all. */
function computeBackend() {
  if (process.platform !== 'darwin') return { COMPUTE_BACKEND: 'cpu' };
  return { COMPUTE_BACKEND: process.arch === 'arm64' ? 'metal' : 'accelerate' };
}

/** Loads the result in a process of its own: a binary with instructions that this processor lacks ends that process, not this one. */
async function checkLoads(binary) {
  try {
    await run(process.execPath, ['-e', 'require(process.argv[1])', binary], { timeout: 60_000 });
  } catch (error) {
    throw new NativeBuildError(`The compiled speech engine does not load: ${error.message}`);
  }
}

async function describeBuild({ source, tools }) {
  return {
    recipe: RECIPE,
    source,
    processor: processorIdentity(),
    compiler: tools.version,
    flags: tools.flags.join(' '),
    instructions: tools.instructions,
    nodeAbi: process.versions.modules,
    computeBackend: computeBackend().COMPUTE_BACKEND,
  };
}
