import { readFile } from 'node:fs/promises';
import os from 'node:os';
import type { Device } from '../index.js';

/** Instruction sets as our builds name them, and as Linux lists them for the processor. */
const PROCESSOR_FLAGS: Readonly<Record<string, string>> = {
  AVX: 'avx',
  AVX2: 'avx2',
  FMA: 'fma',
  F16C: 'f16c',
  AVX512F: 'avx512f',
  AVX512VNNI: 'avx512_vnni',
  DOTPROD: 'asimddp',
};

/** This machine's processor, with the memory that the container may use. */
export function processorDevice(): Device {
  const constrainedBytes = process.constrainedMemory();
  const memoryBytesTotal = constrainedBytes > 0 ? Math.min(constrainedBytes, os.totalmem()) : os.totalmem();
  return { id: 'cpu', kind: 'cpu', name: os.cpus()[0]?.model ?? 'Processor', memoryBytesTotal };
}

/** Instruction sets that a binary was compiled for and this processor lacks: it would stop with an illegal instruction. */
export async function missingInstructions(compiledFor: readonly string[]): Promise<string[]> {
  const information = await readFile('/proc/cpuinfo', 'utf8').catch(() => undefined);
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(information ?? '')?.[1];
  // Not Linux, or a kernel that does not tell: the build is trusted.
  if (line === undefined) return [];
  const flags = new Set(line.split(' '));
  return compiledFor.filter((name) => {
    const flag = PROCESSOR_FLAGS[name];
    return flag !== undefined && !flags.has(flag);
  });
}
