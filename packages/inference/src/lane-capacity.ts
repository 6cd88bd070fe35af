import { SAMPLE_RATE_HZ, type AudioWindow, type Capabilities } from '@voice-transcriber/backend-sdk';

const WINDOW_SECONDS_MAX_LEAST = 60;
/** A window may take this many times as long as it should before its process counts as hung. */
const WINDOW_SECONDS_FACTOR = 20;

export interface LaneCapacity {
  /** Calls that may be inside at once. */
  readonly unitsMax: number;
  readonly windowsPerUnit: number;
  readonly windowsInsideMax: number;
}

/** An engine that takes several calls gets its windows one by one, so that each slot is refilled on its own; any other gets one call at a time. */
export function capacityOf({ batchSize, concurrency }: Capabilities): LaneCapacity {
  if (concurrency <= 1) return { unitsMax: 1, windowsPerUnit: batchSize, windowsInsideMax: batchSize };
  const windowsInsideMax = Math.max(batchSize, concurrency);
  return { unitsMax: windowsInsideMax, windowsPerUnit: 1, windowsInsideMax };
}

/** Wall seconds after which windows that share a process with others count as hung. */
export function deadlineSeconds(
  windows: readonly AudioWindow[],
  { windowsInsideMax, speed = 1 }: { readonly windowsInsideMax: number; readonly speed: number | undefined },
): number {
  const audioSeconds = windows.reduce((total, { samples }) => total + samples.length / SAMPLE_RATE_HZ, 0);
  const expectedSeconds = ((audioSeconds / windows.length) * windowsInsideMax) / speed;
  return Math.max(WINDOW_SECONDS_MAX_LEAST, WINDOW_SECONDS_FACTOR * expectedSeconds);
}
