import type { Device, Fit, ModelManifest, ModelSize } from '@voice-transcriber/backend-sdk';
import type { HyperParameters } from './checkpoint/hyper-parameters.js';
import type { Arithmetic } from './graphs/graph-context.js';
import { slotBytes } from './engine/slot-memory.js';

/** More slots give no more speed. */
const SLOTS_MAX = 16;
/** What all slots together may take when their texts are long. */
const SLOT_BYTES_MAX = 1_000_000_000;
/** Positions of a long text: three quarters of Whisper's half context. */
const LONG_TEXT_POSITIONS = 192;

/** How many windows are decoded at once. Large models get fewer slots: theirs are a hundred times larger, and they win less by sharing a step. */
export function slotsFor(shape: HyperParameters, arithmetic: Arithmetic): number {
  const bytes = slotBytes(shape, LONG_TEXT_POSITIONS, arithmetic);
  return Math.max(1, Math.min(SLOTS_MAX, Math.floor(SLOT_BYTES_MAX / bytes)));
}

const MEGABYTE = 1_000_000;

/**
 * Peak resident memory by size of model with all slots in use and long texts, rounded up: measured with real weights for tiny and base, with random ones
 * above (README).
 */
const MEMORY_BYTES_BY_SIZE: Readonly<Record<ModelSize, number>> = {
  tiny: 700 * MEGABYTE,
  base: 950 * MEGABYTE,
  small: 2_000 * MEGABYTE,
  medium: 4_500 * MEGABYTE,
  large: 6_500 * MEGABYTE,
};
/** The turbo model has the encoder of the large one and four decoder layers instead of 32. */
const TURBO_MEMORY_BYTES = 3_200 * MEGABYTE;

/** Weights in floats (openai/whisper, model-card.md: parameters), and half as much again for activations: an estimate, as no such device was at hand. */
const CUDA_MEMORY_BYTES_BY_SIZE: Readonly<Record<ModelSize, number>> = {
  tiny: 39 * 6 * MEGABYTE,
  base: 74 * 6 * MEGABYTE,
  small: 244 * 6 * MEGABYTE,
  medium: 769 * 6 * MEGABYTE,
  large: 1550 * 6 * MEGABYTE,
};

/** Says what a model takes: weights become 8-bit whatever the file holds, so the size decides and the quantisation does not. */
export function fit(model: ModelManifest, device: Device): Fit {
  if (device.kind !== 'cpu' && device.kind !== 'cuda') {
    return { fits: false, reason: 'This engine runs on processors and on CUDA.' };
  }
  const memoryBytesNeeded =
    device.kind === 'cuda' ? CUDA_MEMORY_BYTES_BY_SIZE[model.size] : processorMemoryBytes(model);
  if (memoryBytesNeeded > device.memoryBytesTotal) {
    return {
      fits: false,
      reason: `It needs ${gigabytes(memoryBytesNeeded)} and ${device.name} has ${gigabytes(device.memoryBytesTotal)}.`,
    };
  }
  return { fits: true, memoryBytesNeeded };
}

function processorMemoryBytes({ name, size }: ModelManifest): number {
  return name.includes('turbo') ? TURBO_MEMORY_BYTES : MEMORY_BYTES_BY_SIZE[size];
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
