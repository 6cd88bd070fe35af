import { statfs } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { dirname } from 'node:path';
import type { Config } from '@voice-transcriber/config';
import { createModelStore, EMBEDDED_MODELS_DIRECTORY, MODEL_CATALOGUE } from '@voice-transcriber/inference';
import { availableCores, readMachineMemory } from '@voice-transcriber/telemetry';
import { formatBytes } from '../terminal/style.js';
import { failed, type Finding, ok, warning } from './finding.js';

const DISK_BYTES_MIN = 1e9;
/** A recording, its prepared audio (32 kB per second) and room for more of them. */
const FILES_ROOM = 4;
const MODEL_MEMORY_FALLBACK_BYTES = 1.5e9;
/** What API, worker, database and console take without any model. */
const BASE_MEMORY_BYTES = 700e6;

export async function checkDisk(config: Config): Promise<Finding> {
  const { directory } = config.storage;
  const { bavail, bsize } = await statfsOfNearest(directory);
  const freeBytes = bavail * bsize;
  const detail = `${formatBytes(freeBytes)} free for ${directory}`;
  const fix = 'Free some space, delete old transcriptions, or set DATA_DIR (or STORAGE_DIR) to a larger disk.';
  if (freeBytes < DISK_BYTES_MIN) return failed('Disk', detail, fix);
  if (freeBytes < config.upload.fileBytesMax * FILES_ROOM)
    return warning('Disk', `${detail}: less than ${String(FILES_ROOM)} of the largest files`, fix);
  return ok('Disk', detail);
}

async function statfsOfNearest(path: string): Promise<{ bavail: number; bsize: number }> {
  try {
    return await statfs(path);
  } catch (error) {
    if (dirname(path) === path) throw error;
    return await statfsOfNearest(dirname(path));
  }
}

/** Memory, cores and load, and which settings fit them. */
export async function checkMachine(config: Config): Promise<Finding[]> {
  const cores = availableCores();
  const { bytesTotal, bytesAvailable } = await readMachineMemory();
  const modelBytes = await modelMemoryBytes(config);
  const findings: Finding[] = [];

  const memory = `${formatBytes(bytesAvailable)} of ${formatBytes(bytesTotal)} available; ${config.inference.defaultModel} needs about ${formatBytes(modelBytes)}`;
  if (bytesAvailable < modelBytes) {
    findings.push(
      failed(
        'Memory',
        memory,
        'Set DEFAULT_MODEL to a smaller model, stop other programs, or give the container more memory.',
      ),
    );
  } else if (bytesAvailable < modelBytes * config.inference.modelCacheSize + BASE_MEMORY_BYTES) {
    findings.push(
      warning(
        'Memory',
        memory,
        `Set WHISPER_MODEL_CACHE_SIZE=1 (it is ${String(config.inference.modelCacheSize)}) and keep MEMORY_OPTIMIZATION on.`,
      ),
    );
  } else findings.push(ok('Memory', memory));

  const load = loadavg()[0] ?? 0;
  const processors = `${String(cores)} cores, load ${load.toFixed(1)}`;
  if (load > cores * 1.5)
    findings.push(
      warning(
        'Processor',
        processors,
        'The machine is busy: transcriptions are slower now. Stop what else runs, or lower MAX_CONCURRENT_JOBS.',
      ),
    );
  else findings.push(ok('Processor', processors));

  return [...findings, ...checkSettings(config, { cores, bytesAvailable, modelBytes })];
}

interface Machine {
  cores: number;
  bytesAvailable: number;
  modelBytes: number;
}

/**
 * A job keeps the cores busy with inference for most of its time; one more prepares its audio meanwhile. More than that only
 * share the cores, so two per two cores and one on top, as far as memory goes.
 */
function checkSettings({ jobs, inference }: Config, { cores, bytesAvailable, modelBytes }: Machine): Finding[] {
  const jobsByMemory = Math.max(1, Math.floor((bytesAvailable - BASE_MEMORY_BYTES) / modelBytes));
  const jobsMax = Math.max(1, Math.min(cores + 1, jobsByMemory));
  const threads = inference.threads ?? cores;
  const recommended = `recommended here: MAX_CONCURRENT_JOBS=${String(jobsMax)}, INFERENCE_THREADS=${String(Math.min(cores, 8))}`;
  const detail = `MAX_CONCURRENT_JOBS=${String(jobs.concurrentMax)}, ${String(threads)} threads per inference; ${recommended}`;
  const isTooMuch = jobs.concurrentMax > jobsMax * 2 || threads > cores;
  if (!isTooMuch) return [ok('Concurrency', detail)];
  return [
    warning('Concurrency', detail, 'Set the recommended values: more jobs or threads than cores slow each other down.'),
  ];
}

async function modelMemoryBytes({ inference }: Config): Promise<number> {
  const known = MODEL_CATALOGUE.find(({ name }) => name === inference.defaultModel)?.memoryBytesNeeded;
  if (known !== undefined) return known;
  const store = createModelStore({ directories: [inference.modelsDirectory, EMBEDDED_MODELS_DIRECTORY] });
  const model = await store.find(inference.defaultModel);
  return model ? model.manifest.fileBytes * 3 : MODEL_MEMORY_FALLBACK_BYTES;
}
