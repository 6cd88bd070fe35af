import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findAudioTools } from '@voice-transcriber/audio';
import type { Config } from '@voice-transcriber/config';
import * as doctor from '@voice-transcriber/doctor';
import type { Finding, Machine, Measurement, Recommendation, Trial } from '@voice-transcriber/doctor';
import {
  createModelStore,
  EMBEDDED_MODELS_DIRECTORY,
  type BackendReport,
  type ModelStore,
} from '@voice-transcriber/inference';
import { CliError } from '../cli-error.js';
import { readRunningState } from '../up/data-directory.js';
import { probeEngines, tryEngines } from './ask-engines.js';
import { checkBuild, checkConfiguration, checkModels, checkNode } from './check-installation.js';
import { checkServer } from './check-server.js';
import { keepCalibration } from './keep-calibration.js';

export interface ExamineOptions {
  /** False: nothing is transcribed, uploaded or written. */
  readonly measures: boolean;
  /** For the trials of all engines. */
  readonly secondsMax: number;
  /** Undefined: the default model, and others that are installed while time lasts. */
  readonly models: readonly string[] | undefined;
  readonly onStep: (what: string) => void;
}

export interface Examination {
  readonly machine: Machine;
  readonly findings: readonly Finding[];
  readonly trials: readonly Trial[];
  readonly recommendations: readonly Recommendation[];
}

/** Looks at everything, from the ground up. Never throws for what it looks at: that is a finding. */
export async function examine({ measures, secondsMax, models, onStep }: ExamineOptions): Promise<Examination> {
  const { config, environment, findings } = checkConfiguration();
  const store = createModelStore({ directories: [config.inference.modelsDirectory, EMBEDDED_MODELS_DIRECTORY] });
  const machine = await doctor.readMachine({ diskPath: config.storage.directory });
  onStep('Looking at the installation');
  findings.unshift(checkNode());
  findings.push(checkBuild(), await doctor.checkTools(() => findAudioTools(config.audio)));
  const reports = await askEngines(environment, findings);
  findings.push(
    doctor.checkVectorInstructions(machine),
    ...doctor.checkNativeBuilds(machine, reports),
    ...doctor.checkBackends(reports),
    doctor.checkGraphics(machine, reports, config.inference),
    ...(await checkModels(config, store)),
    doctor.checkLoad(machine),
    ...doctor.checkMemory(machine, config, await doctor.modelMemoryBytes(store, config.inference.defaultModel)),
    doctor.checkDiskSpace(machine, config),
    await doctor.checkSpool(config),
    ...doctor.checkSettings(config, machine),
    doctor.checkAudioOptimization(config),
  );
  onStep('Asking database and server');
  const { stored, database } = await examineDatabase(config, machine, findings);
  const server = await checkServer(config, { measures });
  // Of a server whose database cannot be asked from here: its own word on what lies behind it.
  const known = new Set(findings.map(({ code }) => code));
  findings.push(...server.findings, ...(database ? [] : server.own.filter(({ code }) => !known.has(code))));
  const trials = measures
    ? await measure({ config, store, machine, findings, secondsMax, models, environment, onStep })
    : [];
  const measurements = [...doctor.toMeasurements(trials, machine), ...stored];
  if (database !== undefined) await keepCalibration(database, { trials, reports, machine });
  return {
    machine,
    findings,
    trials,
    recommendations: doctor.recommend(await listModels(store), measurements, machine),
  };
}

async function askEngines(environment: NodeJS.ProcessEnv, findings: Finding[]): Promise<BackendReport[]> {
  try {
    return await probeEngines(environment);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    findings.push(doctor.problem('backend', error.message, 'Run "npm start", which builds what is missing.'));
    return [];
  }
}

async function examineDatabase(
  config: Config,
  machine: Machine,
  findings: Finding[],
): Promise<{ readonly stored: readonly Measurement[]; readonly database?: string }> {
  const running = await readRunningState(config.dataDirectory);
  const url = config.databaseUrl ?? running?.databaseUrl;
  if (url === undefined) {
    const isThere = existsSync(join(config.dataDirectory, 'postgres'));
    const state = isThere ? 'stopped' : 'created at the first start';
    findings.push(doctor.ok('database', `embedded PostgreSQL, ${state} ("vt up" starts it)`));
    return { stored: [] };
  }
  const reached = await doctor.reachDatabase(url, { isOwn: config.databaseUrl === undefined });
  if ('finding' in reached) {
    findings.push(reached.finding);
    return { stored: [] };
  }
  const { database } = reached;
  try {
    const about = await doctor.checkDatabase(database);
    findings.push(...about);
    if (about.some(({ code, level }) => code === 'migrations' && level !== 'ok')) return { stored: [] };
    const state = await doctor.readQueueState(database.orm);
    const cores = { host: machine.host, count: machine.cores };
    findings.push(...doctor.checkWorkers(state.workers, { cores }), ...doctor.checkQueue(state));
    return { stored: await doctor.readMeasurements(database.orm), database: url };
  } finally {
    await database.close();
  }
}

interface MeasureOptions extends Omit<ExamineOptions, 'measures'> {
  readonly config: Config;
  readonly store: ModelStore;
  readonly machine: Machine;
  readonly findings: Finding[];
  readonly environment: NodeJS.ProcessEnv;
}

async function measure(options: MeasureOptions): Promise<Trial[]> {
  const { config, store, machine, findings, environment, secondsMax, onStep } = options;
  onStep('Measuring the disk');
  findings.push(await doctor.measureDisk(config, machine.disk));
  onStep('Preparing the bundled clip');
  findings.push(await doctor.measurePreparation(config));
  const { defaultModel } = config.inference;
  const others = (await store.list()).map(({ manifest }) => manifest.name).filter((name) => name !== defaultModel);
  const models = options.models ?? [defaultModel, ...others];
  onStep('Letting every engine transcribe the bundled clip');
  const trials = await tryEngines(environment, {
    models,
    secondsMax,
    onTrial: ({ backend, model }) =>
      onStep(`Letting every engine transcribe the bundled clip: ${backend}, ${model} done`),
  });
  findings.push(...doctor.judgeTrials(trials, { defaultModel: options.models?.[0] ?? defaultModel }));
  return trials;
}

async function listModels(store: ModelStore): Promise<doctor.RecommendedModel[]> {
  return (await store.list()).map(({ manifest: { name, fileBytes, languages } }) => ({ name, fileBytes, languages }));
}
