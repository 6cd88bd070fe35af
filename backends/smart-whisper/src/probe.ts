import type { Device, ProbeReport } from '@voice-transcriber/backend-sdk';
import { missingInstructions, processorDevice } from '@voice-transcriber/backend-sdk/whisper-cpp';
import { checkBindingLoads, readBuildStamp, type BuildStamp } from './binding.js';

const BUILD_COMMAND = 'npm run build:native';
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
  const missing = await missingInstructions(stamp.instructions);
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
  const cpu = processorDevice();
  return stamp.computeBackend === 'metal' ? [{ ...cpu, id: 'metal', kind: 'metal' }, cpu] : [cpu];
}

function unavailable(reason: string): ProbeReport {
  return {
    status: 'unavailable',
    reason,
    fix: `Run "${BUILD_COMMAND}": it compiles the binding for this machine, or says which compiler to install.`,
  };
}
