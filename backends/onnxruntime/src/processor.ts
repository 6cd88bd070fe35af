import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Device } from '@voice-transcriber/backend-sdk';
import type { IntegerArithmetic } from './graphs/graph-context.js';

/** Flags of /proc/cpuinfo that stand for sums of byte products in 32 bits. */
const DOT_PRODUCT_FLAGS: readonly string[] = ['avx512_vnni', 'avx_vnni', 'asimddp'];

/** What matters about this machine's processor. */
export interface Processor {
  readonly name: string;
  /** Instruction sets that the integer kernels use, of those that the system tells. */
  readonly instructionSets: readonly string[];
  readonly arithmetic: IntegerArithmetic;
}

/** Reads the processor's abilities; where the system does not tell, the answer is the safe one. */
export function readProcessor(cpuInfo = readCpuInfo(), architecture: string = process.arch): Processor {
  const flags = new Set(/^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuInfo)?.[1]?.split(/\s+/) ?? []);
  const dotProducts = DOT_PRODUCT_FLAGS.filter((flag) => flags.has(flag));
  // Arm's widening multiplication never saturates, with or without the dot product.
  const isSafe = architecture === 'arm64' || dotProducts.length > 0;
  return {
    name: cpus()[0]?.model ?? architecture,
    instructionSets: ['avx2', 'avx512f', ...DOT_PRODUCT_FLAGS].filter((flag) => flags.has(flag)),
    arithmetic: isSafe ? 'dot-product' : 'widening',
  };
}

/** The processor as a place to run models, with the memory that the container may use. */
export function describeProcessor({ name }: Processor): Device {
  const constrained = process.constrainedMemory();
  const total = totalmem();
  return {
    id: 'cpu',
    kind: 'cpu',
    name,
    memoryBytesTotal: constrained > 0 && constrained < total ? constrained : total,
  };
}

function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
