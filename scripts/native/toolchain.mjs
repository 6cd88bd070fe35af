/** What the compiling scripts ask this machine. They run before anything is installed, so Node is all they use. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const run = promisify(execFile);
export const ROOT_DIRECTORY = fileURLToPath(new URL('../..', import.meta.url));
export const BUILD_MILLISECONDS_MAX = 30 * 60_000;

/** The build cannot go on; the message says what to do. */
export class NativeBuildError extends Error {
  name = 'NativeBuildError';
}

/** Model and feature flags: a binary for another processor may stop with an illegal instruction. */
export function processorIdentity() {
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

/** A C and a C++ compiler of one family with their version, or undefined. */
export async function findCompiler() {
  for (const [c, cxx] of [
    ['gcc', 'g++'],
    ['clang', 'clang++'],
  ]) {
    const version = await firstLine(cxx, ['--version']);
    if (version !== undefined && (await firstLine(c, ['--version'])) !== undefined) return { c, cxx, version };
  }
  return undefined;
}

/** Throws when one of the tools is missing, with how to get it. `packages` names what each package manager calls them. */
export async function requireTools({ what, compiler, programs, packages }) {
  const missing = compiler === undefined ? ['a C++ compiler (g++ or clang++)'] : [];
  for (const program of programs) {
    if ((await firstLine(program, ['--version'])) === undefined) missing.push(program);
  }
  if (missing.length === 0) return;
  throw new NativeBuildError(
    [
      `${what} has to be compiled for this machine, and ${missing.join(', ')} is missing. Install it, then run the same command again:`,
      `  Debian, Ubuntu:  sudo apt-get install -y ${packages.debian}`,
      `  Fedora, RHEL:    sudo dnf install -y ${packages.fedora}`,
      `  macOS:           ${packages.macos}`,
    ].join('\n'),
  );
}

export function machineFlag() {
  return process.arch === 'x64' || process.arch === 'ia32' ? '-march=native' : '-mcpu=native';
}

/** Which vector instructions the compiler uses for this processor. Undefined when it does not know the processor. */
export async function vectorInstructions(cxx) {
  const macros = await predefinedMacros(cxx, [machineFlag()]);
  if (macros === undefined) return undefined;
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

/** Undefined when the compiler refuses the flags. */
export async function predefinedMacros(cxx, flags) {
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
export async function linksOpenMp(cxx) {
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

/** Undefined when the program is not there or fails. */
export async function firstLine(program, args) {
  try {
    const { stdout, stderr } = await run(program, args, { timeout: 60_000 });
    return (stdout || stderr).split('\n')[0].trim();
  } catch {
    return undefined;
  }
}
