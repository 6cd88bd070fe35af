import { readFile } from 'node:fs/promises';
import os from 'node:os';
import type { Device, ProbeReport } from '@voice-transcriber/backend-sdk';
import { checkBindingLoads, readBuildStamp, type BuildStamp } from './binding.js';

const BUILD_COMMAND = 'npm run build:native';
/** Instruction sets as the build names them, and as Linux lists them for the processor. */
const PROCESSOR_FLAGS: Readonly<Record<string, string>> = {
  AVX: 'avx',
  AVX2: 'avx2',
  FMA: 'fma',
  F16C: 'f16c',
  AVX512F: 'avx512f',
  AVX512VNNI: 'avx512_vnni',
  DOTPROD: 'asimddp',
};

/** Whether the binding is there, loads, was built by this product's script and suits this processor. */
export async function probeSmartWhisper(): Promise<ProbeReport> {
  try {
    checkBindingLoads();
  } catch (error) {
    return unavailable(`Its native binding does not load: ${(error as Error).message.split('\n')[0] ?? ''}.`);
  }
  const stamp = await readBuildStamp();
  if (stamp === undefined) {
    return unavailable('Its native binding was built without vector instructions and would be many times too slow.');
  }
  const missing = await missingInstructions(stamp);
  if (missing.length > 0) {
    return unavailable(`Its native binding was built for another processor: this one lacks ${missing.join(', ')}.`);
  }
  return {
    status: 'available',
    version: stamp.source,
    devices: findDevices(stamp),
    facts: {
      instructions: stamp.instructions.join(' ') || 'none',
      compiler: stamp.compiler,
      flags: stamp.flags,
      compute: stamp.computeBackend,
    },
  };
}

/** The devices that the binding was compiled for. */
function findDevices(stamp: BuildStamp): Device[] {
  const constrainedBytes = process.constrainedMemory();
  const memoryBytesTotal = constrainedBytes > 0 ? Math.min(constrainedBytes, os.totalmem()) : os.totalmem();
  const name = os.cpus()[0]?.model ?? 'Processor';
  const cpu: Device = { id: 'cpu', kind: 'cpu', name, memoryBytesTotal };
  return stamp.computeBackend === 'metal' ? [{ ...cpu, id: 'metal', kind: 'metal' }, cpu] : [cpu];
}

async function missingInstructions(stamp: BuildStamp): Promise<string[]> {
  const information = await readFile('/proc/cpuinfo', 'utf8').catch(() => undefined);
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(information ?? '')?.[1];
  // Not Linux, or a kernel that does not tell: the build is trusted.
  if (line === undefined) return [];
  const flags = new Set(line.split(' '));
  return stamp.instructions.filter((name) => {
    const flag = PROCESSOR_FLAGS[name];
    return flag !== undefined && !flags.has(flag);
  });
}

function unavailable(reason: string): ProbeReport {
  return {
    status: 'unavailable',
    reason,
    fix: `Run "${BUILD_COMMAND}": it compiles the binding for this machine, or says which compiler to install.`,
  };
}
