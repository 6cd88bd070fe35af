import { readFile } from 'node:fs/promises';
import os from 'node:os';
import type { BackendReport } from '@voice-transcriber/inference';
import { availableCores, readMachineMemory } from '@voice-transcriber/telemetry';
import type { MachineFacts } from '../benchmark-run.js';

/** The extensions that decide how fast inference is; others are left out. */
const INSTRUCTION_SETS = [
  'avx2',
  'fma',
  'avx512f',
  'avx512_vnni',
  'avx_vnni',
  'avx512_bf16',
  'amx_int8',
  'asimddp',
  'i8mm',
  'sve',
];

/** What figures depend on, so that they can be compared later. */
export async function readMachineFacts(
  reports: readonly BackendReport[],
  { product }: { readonly product: string },
): Promise<MachineFacts> {
  const processors = os.cpus();
  const devices = reports.flatMap((report) => report.devices.filter(({ kind }) => kind !== 'cpu'));
  return {
    host: os.hostname(),
    processor: processors[0]?.model.trim() || os.arch(),
    cores: availableCores(),
    coresMachine: processors.length,
    instructionSets: await readInstructionSets(),
    memoryBytesTotal: (await readMachineMemory()).bytesTotal,
    graphics: [...new Set(devices.map(({ id, name }) => `${name} (${id})`))],
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    product,
    backends: reports.map(({ name, status, version, facts }) => ({
      name,
      version: status === 'available' ? (version ?? null) : null,
      facts,
    })),
  };
}

/** Empty where the system does not tell. */
async function readInstructionSets(): Promise<string[]> {
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1]?.split(' ') ?? [];
  return INSTRUCTION_SETS.filter((name) => flags.includes(name));
}
