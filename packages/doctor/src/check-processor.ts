import type { BackendReport } from '@voice-transcriber/inference';
import { type Finding, ok, warning } from './finding.js';
import type { Machine } from './read-machine.js';

/** What the kernel calls a set, what engines call it in their builds, and how much faster it makes 8-bit arithmetic. */
const SETS: readonly { readonly kernel: string; readonly build: string; readonly isNeeded: boolean }[] = [
  { kernel: 'avx2', build: 'AVX2', isNeeded: true },
  { kernel: 'fma', build: 'FMA', isNeeded: true },
  { kernel: 'avx512f', build: 'AVX512F', isNeeded: false },
  { kernel: 'avx512_vnni', build: 'AVX512VNNI', isNeeded: false },
];
const LOAD_SHARE_MAX = 1.5;

/** Whether the processor has what 8-bit inference lives on. */
export function checkVectorInstructions({ architecture, instructionSets, processor }: Machine): Finding {
  const code = 'vector-instructions';
  if (instructionSets.length === 0) return ok(code, `${processor}: this system does not tell them`);
  if (architecture === 'arm64') {
    if (instructionSets.includes('asimddp')) return ok(code, `${processor} has NEON with dot products`);
    return warning(code, `${processor} has no dot products (asimddp)`, slowProcessorFix('asimddp'));
  }
  const present = SETS.filter(({ kernel }) => instructionSets.includes(kernel)).map(({ build }) => build);
  const missing = SETS.filter(({ kernel, isNeeded }) => isNeeded && !instructionSets.includes(kernel));
  const measured = `${processor}: ${present.join(' ') || 'none that help'}`;
  if (missing.length === 0) return ok(code, measured);
  const names = missing.map(({ build }) => build).join(' and ');
  return warning(code, `${measured}; ${names} ${missing.length === 1 ? 'is' : 'are'} missing`, slowProcessorFix(names));
}

function slowProcessorFix(names: string): string {
  return `In a virtual machine, let it show the processor's own instructions (CPU type "host"): ${names} would make transcription several times faster.`;
}

/** Whether engines that were compiled here use what the processor has. Engines that choose at run time, or do not tell, say so. */
export function checkNativeBuilds({ instructionSets }: Machine, reports: readonly BackendReport[]): Finding[] {
  return reports
    .filter(({ status }) => status === 'available')
    .map(({ name, facts }) => {
      const { instructions, instructionSets: chosen } = facts;
      if (instructions === undefined || instructions === 'chosen at run time') {
        return ok('native-build', `chooses at run time${chosen === undefined ? '' : `: ${chosen}`}`, { subject: name });
      }
      const built = instructions.split(' ');
      const unused = SETS.filter(({ kernel, build }) => instructionSets.includes(kernel) && !built.includes(build));
      if (unused.length === 0) return ok('native-build', `compiled with ${instructions}`, { subject: name });
      const names = unused.map(({ build }) => build).join(', ');
      return warning(
        'native-build',
        `compiled with ${instructions}, although this processor also has ${names}`,
        'Compile it on this machine: "npm run build:native" and, for whisper.cpp\'s server, "npm run build:whisper-cpp".',
        { subject: name },
      );
    });
}

export function checkLoad({ cores, loadAverage }: Machine): Finding {
  const measured = `${cores} cores, load ${loadAverage.toFixed(1)} over the last minute`;
  if (loadAverage <= cores * LOAD_SHARE_MAX) return ok('processor', measured);
  const fix = 'The machine is busy: stop what else runs, or lower MAX_CONCURRENT_JOBS.';
  return warning('processor', measured, fix);
}

/** A card without its driver, a driver that no engine uses, and a setting that forbids both. */
export function checkGraphics(
  { graphics, nvidiaDriver }: Machine,
  reports: readonly BackendReport[],
  { gpuEnabled }: { readonly gpuEnabled: boolean },
): Finding {
  const code = 'graphics';
  const devices = reports.flatMap((report) =>
    report.devices.filter(({ kind }) => kind !== 'cpu').map(({ name }) => `${name} by ${report.name}`),
  );
  if (devices.length > 0) {
    const measured = devices.join(', ');
    if (gpuEnabled) return ok(code, measured);
    return warning(code, `${measured}, but switched off`, 'Set ENABLE_GPU_ACCELERATION=True to use it.');
  }
  const hasNvidia = graphics.some(({ vendor }) => vendor === 'NVIDIA');
  if (nvidiaDriver !== undefined) {
    return warning(
      code,
      `the NVIDIA driver is loaded (${nvidiaDriver}), but no engine uses it`,
      'Build whisper.cpp with CUDA: put nvcc on PATH and run "npm run build:whisper-cpp", or set WHISPER_SERVER_PATH. In a container, also give it the device (--gpus all).',
    );
  }
  if (hasNvidia) {
    return warning(
      code,
      'an NVIDIA card is there, but its driver is not loaded',
      'Install the NVIDIA driver; "nvidia-smi" must list the card. Then run "npm run build:whisper-cpp" with nvcc on PATH.',
    );
  }
  const others = [...new Set(graphics.map(({ vendor }) => vendor))].join(', ');
  return ok(code, others === '' ? 'none here; the processor does the work' : `${others}: not used by any engine`);
}
