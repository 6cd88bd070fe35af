import {
  BackendError,
  type Device,
  type Fit,
  type ModelManifest,
  type ProbeReport,
  type TranscribeTask,
} from '@voice-transcriber/backend-sdk';

/** What a transcription asks of a model. */
export interface ChooseRequest {
  /** A catalogue name (`base-q8_0`), or a checkpoint without its quantization (`base`): then every installed variant is a candidate. */
  readonly model: string;
  readonly task: TranscribeTask;
  /** ISO 639-1; undefined = to be detected. */
  readonly language?: string;
  readonly wordTimes: boolean;
  /** Asked for by name; nothing else is a candidate then. */
  readonly backend?: string;
  /** Id or kind of device (`cuda:0`, `cuda`), likewise. */
  readonly device?: string;
  /** Candidates that failed on this work already, and why. */
  readonly exclude?: readonly {
    readonly model: string;
    readonly backend: string;
    readonly device: string;
    readonly reason?: string;
  }[];
}

/** The verdict on one (model, backend, device), with its reason in words. */
export interface CandidateVerdict {
  readonly model: string;
  readonly backend: string;
  readonly device: string;
  readonly chosen: boolean;
  readonly reason: string;
}

export interface Choice {
  readonly model: string;
  readonly backend: string;
  readonly device: string;
  /** Every candidate that was judged, the chosen one first. */
  readonly candidates: readonly CandidateVerdict[];
}

/** What is known of one backend when a choice is made. */
export interface BackendFacts {
  readonly name: string;
  readonly report: ProbeReport;
  readonly fit: (model: ModelManifest, device: Device) => Fit;
}

export interface ChooseLimits {
  readonly gpuEnabled: boolean;
  /** Share of a GPU's memory that one model may take. */
  readonly gpuMemoryFraction: number;
  /** Bytes that can be had now, idle models counted as free; undefined = not looked at. */
  readonly memoryBytesAvailable: number | undefined;
  /** True for a model that is in memory already, so that it needs no more. */
  readonly isLoaded: (model: string, backend: string, device: string) => boolean;
  /** Audio seconds per wall second, when it was ever measured here. */
  readonly measuredSpeed: (backend: string, model: string, device: string) => number | undefined;
  /** Why a backend did not pass its self-test on a device; undefined = it passed, or was not tested yet. */
  readonly selfTestProblem?: (backend: string, device: string) => string | undefined;
}

interface Accepted {
  readonly model: string;
  readonly backend: string;
  readonly device: Device;
  readonly speed: number | undefined;
}

/** Why a candidate was refused, as far as the error for "none left" depends on it. */
type Refusal = 'unsupported' | 'no-memory' | 'unavailable';

/**
 * Judges every (model, backend, device) and takes the best: a GPU that has room, then the fastest as measured on this machine, then the order in which
 * backends and models are listed. Throws BackendError when none is left; its details carry the verdicts.
 */
export function chooseCandidate(
  request: ChooseRequest,
  models: readonly ModelManifest[],
  backends: readonly BackendFacts[],
  limits: ChooseLimits,
): Choice {
  const named = models.filter(({ name }) => name === request.model || withoutQuantization(name) === request.model);
  if (named.length === 0) {
    throw new BackendError(
      'model-missing',
      `The model "${request.model}" is not installed. Installed: ${models.map(({ name }) => name).join(', ') || 'none'}. Install it or choose one of these.`,
      { retry: 'never', details: { model: request.model } },
    );
  }
  const accepted: Accepted[] = [];
  const refused: CandidateVerdict[] = [];
  const refusals = new Set<Refusal>();
  for (const model of named) {
    for (const backend of backends) {
      const devices = backend.report.status === 'available' ? backend.report.devices : [undefined];
      for (const device of devices) {
        const verdict = judge(request, model, backend, device, limits);
        const place = { model: model.name, backend: backend.name, device: device?.id ?? 'none' };
        if (verdict === undefined && device !== undefined) {
          const speed = limits.measuredSpeed(backend.name, model.name, device.id);
          accepted.push({ model: model.name, backend: backend.name, device, speed });
        } else if (verdict !== undefined) {
          refusals.add(verdict.refusal);
          refused.push({ ...place, chosen: false, reason: verdict.reason });
        }
      }
    }
  }
  accepted.sort(byRank);
  const [best, ...others] = accepted;
  if (best === undefined) throw noneLeft(request, refused, refusals);
  const verdicts = [describe(best, true), ...others.map((candidate) => describe(candidate, false)), ...refused];
  return { model: best.model, backend: best.backend, device: best.device.id, candidates: verdicts };
}

function judge(
  request: ChooseRequest,
  model: ModelManifest,
  backend: BackendFacts,
  device: Device | undefined,
  limits: ChooseLimits,
): { readonly refusal: Refusal; readonly reason: string } | undefined {
  if (backend.report.status === 'unavailable') {
    return { refusal: 'unavailable', reason: `${backend.report.reason} ${backend.report.fix}` };
  }
  if (device === undefined) return { refusal: 'unavailable', reason: 'The backend offers no device.' };
  const reason = unsupportedReason(request, model) ?? unwantedReason(request, backend.name, device);
  if (reason !== undefined) return { refusal: 'unsupported', reason };
  const isGpu = device.kind !== 'cpu';
  if (isGpu && !limits.gpuEnabled) {
    return { refusal: 'unavailable', reason: 'GPUs are switched off (ENABLE_GPU_ACCELERATION).' };
  }
  const failed = failureReason(request, model, backend.name, device, limits);
  if (failed !== undefined) return { refusal: 'unavailable', reason: failed };
  const fit = backend.fit(model, device);
  if (!fit.fits) return { refusal: 'unsupported', reason: fit.reason };
  if (limits.isLoaded(model.name, backend.name, device.id)) return undefined;
  const budgetBytes = isGpu
    ? device.memoryBytesTotal * limits.gpuMemoryFraction
    : Math.min(device.memoryBytesTotal, limits.memoryBytesAvailable ?? Infinity);
  if (fit.memoryBytesNeeded <= budgetBytes) return undefined;
  return {
    refusal: 'no-memory',
    reason: `It needs ${toMebibytes(fit.memoryBytesNeeded)} MiB and ${toMebibytes(budgetBytes)} MiB can be had${isGpu ? ' on this GPU' : ''}.`,
  };
}

function unsupportedReason({ language, task }: ChooseRequest, model: ModelManifest): string | undefined {
  const hearsEnglishOnly = model.languages.every((code) => code === 'en');
  if (task === 'translate' && hearsEnglishOnly) return 'The checkpoint hears English only and cannot translate.';
  if (task === 'translate' && model.name.includes('turbo'))
    return 'The turbo checkpoints were not trained to translate.';
  if (language === undefined || model.languages.includes('*') || model.languages.includes(language)) return undefined;
  return `The checkpoint does not know the language "${language}".`;
}

function unwantedReason(asked: ChooseRequest, backend: string, device: Device): string | undefined {
  if (asked.backend !== undefined && asked.backend !== backend) {
    return `The backend "${asked.backend}" was asked for.`;
  }
  if (asked.device !== undefined && asked.device !== device.id && asked.device !== device.kind) {
    return `The device "${asked.device}" was asked for.`;
  }
  return undefined;
}

function failureReason(
  { exclude }: ChooseRequest,
  model: ModelManifest,
  backend: string,
  device: Device,
  { selfTestProblem }: ChooseLimits,
): string | undefined {
  const failed = exclude?.find(
    (candidate) => candidate.model === model.name && candidate.backend === backend && candidate.device === device.id,
  );
  if (failed !== undefined) {
    return `It failed on this part of the recording${failed.reason === undefined ? '.' : `: ${failed.reason}`}`;
  }
  const problem = selfTestProblem?.(backend, device.id);
  return problem === undefined ? undefined : `It did not pass its self-test here: ${problem}`;
}

function byRank(one: Accepted, other: Accepted): number {
  const gpuFirst = Number(other.device.kind !== 'cpu') - Number(one.device.kind !== 'cpu');
  return gpuFirst || (other.speed ?? 0) - (one.speed ?? 0);
}

function describe({ model, backend, device, speed }: Accepted, chosen: boolean): CandidateVerdict {
  const kind = device.kind === 'cpu' ? '' : 'GPU with room, ';
  const measured = speed === undefined ? 'not measured here yet' : `${speed.toFixed(1)}x real time as measured here`;
  const rank = chosen ? 'Best' : 'Fits, but ranks behind';
  return { model, backend, device: device.id, chosen, reason: `${rank}: ${kind}${measured}.` };
}

function noneLeft(
  request: ChooseRequest,
  candidates: readonly CandidateVerdict[],
  refusals: ReadonlySet<Refusal>,
): BackendError {
  const reasons = [...new Set(candidates.map(({ backend, reason }) => `${backend}: ${reason}`))].join(' ');
  const message = `No backend can run "${request.model}" for this request. ${reasons}`;
  const details = { candidates };
  // Memory comes back; a request that no model supports stays so.
  if (refusals.has('no-memory')) return new BackendError('out-of-memory', message, { retry: 'here', details });
  if (refusals.has('unsupported')) return new BackendError('request-unsupported', message, { retry: 'never', details });
  return new BackendError('backend-unavailable', message, { retry: 'elsewhere', details });
}

function withoutQuantization(name: string): string {
  return name.replace(/-q\d_\d$/, '');
}

function toMebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
