import { processTreeUsage } from '@voice-transcriber/telemetry';

const POLL_MILLISECONDS = 250;

export interface MemoryWatch {
  /** Resident bytes at the last look, and the most ever seen. */
  readonly memoryBytes: number;
  readonly memoryBytesPeak: number;
  stop(): void;
}

/** Looks at a process four times a second and calls once when it holds more than it may. */
export function watchMemory(
  pid: number,
  memoryBytesMax: number,
  onExceeded: (memoryBytes: number) => void,
): MemoryWatch {
  let memoryBytes = 0;
  let memoryBytesPeak = 0;
  let isLooking = false;
  const timer = setInterval(() => void look(), POLL_MILLISECONDS);
  timer.unref();

  async function look(): Promise<void> {
    // One look at a time: under pressure a look may take longer than the interval.
    if (isLooking) return;
    isLooking = true;
    try {
      ({ memoryBytes } = await processTreeUsage(pid));
      memoryBytesPeak = Math.max(memoryBytesPeak, memoryBytes);
    } catch {
      // The process has just ended.
    } finally {
      isLooking = false;
    }
    if (memoryBytes > memoryBytesMax) {
      clearInterval(timer);
      onExceeded(memoryBytes);
    }
  }

  return {
    get memoryBytes() {
      return memoryBytes;
    },
    get memoryBytesPeak() {
      return memoryBytesPeak;
    },
    stop: () => clearInterval(timer),
  };
}
