import type { Config } from '@voice-transcriber/config';
import { type Finding, ok, problem, warning } from './finding.js';
import { BASE_MEMORY_BYTES } from './model-memory.js';
import { bytesText, countText } from './quantities.js';
import type { Machine } from './read-machine.js';

/** What a limited control group has to have left, for spikes. */
const LIMIT_SHARE_MAX = 0.9;
const SWAP_SHARE_MAX = 0.1;

/** Memory against what the settings would fill it with. `modelBytes` is what the default model takes. */
export function checkMemory(machine: Machine, config: Config, modelBytes: number): Finding[] {
  return [aboutMemory(machine, config, modelBytes), aboutLimit(machine), aboutSettings(machine, config, modelBytes)];
}

function aboutMemory(machine: Machine, { inference }: Config, modelBytes: number): Finding {
  const { memoryBytesAvailable, memoryBytesTotal, swapBytesUsed } = machine;
  const { defaultModel } = inference;
  const measured = `${bytesText(memoryBytesAvailable)} of ${bytesText(memoryBytesTotal)} available; ${defaultModel} takes about ${bytesText(modelBytes)}`;
  if (memoryBytesAvailable < modelBytes) {
    const fix = 'Set DEFAULT_MODEL to a smaller model, stop other programs, or give it more memory.';
    return problem('memory', measured, fix);
  }
  if (swapBytesUsed > memoryBytesTotal * SWAP_SHARE_MAX) {
    const fix = 'Memory is being swapped, which makes inference many times slower: lower WHISPER_MODEL_CACHE_SIZE.';
    return warning('memory', `${measured}; ${bytesText(swapBytesUsed)} swapped out`, fix);
  }
  return ok('memory', measured);
}

function aboutLimit({ container, killedForMemory }: Machine): Finding {
  const { memoryBytesMax, memoryBytesUsed = 0 } = container;
  if (memoryBytesMax === undefined) return ok('memory-limit', 'the control group sets none');
  const measured = `${bytesText(memoryBytesUsed)} of ${bytesText(memoryBytesMax)} of the control group used`;
  if (killedForMemory > 0) {
    const killed = `the kernel ended ${countText(killedForMemory, 'process', 'processes')} here because it was full`;
    return problem(
      'memory-limit',
      `${measured}; ${killed}`,
      'Raise the limit of the container, or use a smaller model.',
    );
  }
  if (memoryBytesUsed <= memoryBytesMax * LIMIT_SHARE_MAX) return ok('memory-limit', measured);
  return warning('memory-limit', measured, 'Raise the limit of the container, or lower WHISPER_MODEL_CACHE_SIZE.');
}

/** As many models as may be kept, each as large as the default one: what the settings allow must fit into the whole memory. */
function aboutSettings({ memoryBytesTotal }: Machine, { inference }: Config, modelBytes: number): Finding {
  const { modelCacheSize, memoryOptimization } = inference;
  const bytes = modelCacheSize * modelBytes + BASE_MEMORY_BYTES;
  const measured = `WHISPER_MODEL_CACHE_SIZE=${modelCacheSize} of ${bytesText(modelBytes)} and ${bytesText(BASE_MEMORY_BYTES)} for the rest make ${bytesText(bytes)} of ${bytesText(memoryBytesTotal)}`;
  const isOff = memoryOptimization ? '' : '; MEMORY_OPTIMIZATION=False, so models stay and are loaded without a look';
  if (bytes > memoryBytesTotal) {
    const most = Math.max(1, Math.floor((memoryBytesTotal - BASE_MEMORY_BYTES) / modelBytes));
    const fix = `Set WHISPER_MODEL_CACHE_SIZE=${most}${memoryOptimization ? '' : ' and MEMORY_OPTIMIZATION=True'}, or a smaller DEFAULT_MODEL.`;
    return memoryOptimization
      ? warning('memory-settings', measured, fix)
      : problem('memory-settings', measured + isOff, fix);
  }
  if (memoryOptimization) return ok('memory-settings', measured);
  return warning(
    'memory-settings',
    measured + isOff,
    'Set MEMORY_OPTIMIZATION=True, unless this machine does nothing else.',
  );
}
