import type { Machine } from './read-machine.js';
import type { Timing, Trial } from './calibrate.js';
import { type Finding, ok, problem, warning } from './finding.js';
import type { Measurement } from './measurement.js';
import { bytesText } from './quantities.js';
import { SPEED_ASKED } from './recommend.js';

const GROWTH_BYTES_MAX = 100e6;
const GROWTH_SHARE_MAX = 0.1;
/** Below real time a queue that is fed by people never ends. */
const SPEED_MIN = 1;
const OTHER_CORES_MAX = 0.2;

/** What the trials say: whether each engine hears right, how fast the default model is, and whether memory grows. */
export function judgeTrials(trials: readonly Trial[], { defaultModel }: { readonly defaultModel: string }): Finding[] {
  return [
    ...trials.map(judgeText),
    judgeSpeed(trials, defaultModel),
    ...judgeModelChoice(trials, defaultModel),
    ...trials.flatMap(judgeGrowth),
  ];
}

function nameOf({ backend, device, model, threads }: Trial): string {
  return `${backend} (${model}, ${device}, ${threads} ${threads === 1 ? 'thread' : 'threads'})`;
}

function judgeText(trial: Trial): Finding {
  const subject = { subject: nameOf(trial) };
  const { selfTest, timings } = trial;
  if (selfTest === undefined) return ok('backend', 'not tried: it does not fit here, or time was over', subject);
  if (!selfTest.ok) {
    const fix =
      'It is not used for work while it fails. Build it again ("npm run build:native"), verify the model ("vt models verify"), or choose another backend.';
    return problem('backend', `it failed on the bundled clip: ${selfTest.problem ?? 'no reason given'}`, fix, subject);
  }
  const figures = timings.map((timing) => `${speedOf(timing).toFixed(1)}x with ${timing.jobs} at once`).join(', ');
  const other = Math.max(0, ...timings.map(({ otherCores }) => otherCores));
  const disturbed =
    other > OTHER_CORES_MAX ? `; other programs kept up to ${other.toFixed(1)} cores busy meanwhile` : '';
  return ok('backend', `heard the bundled clip right; ${figures || selfTestFigure(selfTest)}${disturbed}`, subject);
}

function selfTestFigure({ audioSecondsPerSecond }: { readonly audioSecondsPerSecond?: number }): string {
  return audioSecondsPerSecond === undefined ? 'not timed' : `${audioSecondsPerSecond.toFixed(1)}x in that first try`;
}

function judgeSpeed(trials: readonly Trial[], model: string): Finding {
  const speeds = trials.filter((trial) => trial.model === model).flatMap(({ timings }) => timings.map(speedOf));
  if (speeds.length === 0) {
    return problem('speed', `${model} ran on no engine here`, 'See the findings on engines and on the model.');
  }
  const best = Math.max(...speeds);
  const measured = `${model} makes ${best.toFixed(1)} s of audio per second here, asked are ${SPEED_ASKED}`;
  if (best >= SPEED_ASKED) return ok('speed', measured);
  const fix =
    'Use a smaller or more quantized model (DEFAULT_MODEL), stop other programs, or add a machine or a graphics processor.';
  return best < SPEED_MIN
    ? problem('speed', `${measured}: slower than real time`, fix)
    : warning('speed', measured, fix);
}

/** A model that is not quantized, beside one of the same size that is and ran faster. */
function judgeModelChoice(trials: readonly Trial[], model: string): Finding[] {
  const bestOf = (name: string) =>
    Math.max(0, ...trials.filter((trial) => trial.model === name).flatMap(({ timings }) => timings.map(speedOf)));
  const variants = [...new Set(trials.map((trial) => trial.model))].filter(
    (name) => name !== model && withoutQuantization(name) === withoutQuantization(model),
  );
  const [best] = variants.toSorted((one, other) => bestOf(other) - bestOf(one));
  if (best === undefined || bestOf(best) <= bestOf(model) * 1.1) return [];
  const measured = `${best} made ${bestOf(best).toFixed(1)} s of audio per second, ${model} ${bestOf(model).toFixed(1)}`;
  return [warning('model-choice', measured, `Set DEFAULT_MODEL=${best}: the same checkpoint, in less memory.`)];
}

function withoutQuantization(name: string): string {
  return name.replace(/-q\d_\d$/, '');
}

function judgeGrowth(trial: Trial): Finding[] {
  const { memoryBytesSettled, memoryBytesLast } = trial;
  if (memoryBytesSettled === undefined || memoryBytesLast === undefined) return [];
  const grown = memoryBytesLast - memoryBytesSettled;
  const measured = `${bytesText(memoryBytesSettled)}, and ${grown < 0 ? 'less' : `${bytesText(grown)} more`} after doing the same again`;
  const subject = { subject: nameOf(trial) };
  if (grown <= Math.max(GROWTH_BYTES_MAX, memoryBytesSettled * GROWTH_SHARE_MAX))
    return [ok('memory-growth', measured, subject)];
  const fix = 'It seems to leak: use another backend, and tell its name and version when you report this.';
  return [warning('memory-growth', measured, fix, subject)];
}

function speedOf({ audioSeconds, wallSeconds }: Timing): number {
  return audioSeconds / wallSeconds;
}

/** For recommendations. A timing that other programs disturbed counts like any: it is what this machine can do now. */
export function toMeasurements(trials: readonly Trial[], { host }: Pick<Machine, 'host'>): Measurement[] {
  return trials.flatMap(({ model, backend, device, threads, timings }) =>
    timings.map((timing) => ({
      ...{ host, model, backend, device, threads, measurements: 1 },
      atOnce: timing.jobs,
      audioSecondsPerSecond: speedOf(timing),
      memoryBytesPeak: timing.memoryBytesPeak,
      source: 'calibration' as const,
    })),
  );
}
