import { AudioError } from '@voice-transcriber/audio';
import { listWorkers, type DatabaseFacts } from '@voice-transcriber/db';
import type { Services } from '../graphql/context.js';
import { PAGE_SIZE_MAX } from '../graphql/page-size.js';
import type { MachineFacts } from './machine-facts.js';

export interface DoctorFinding {
  readonly level: 'ok' | 'warning' | 'error';
  readonly code: 'ffmpeg' | 'disk' | 'memory' | 'processor' | 'database' | 'model' | 'workers' | 'backend';
  readonly message: string;
  readonly fix: string | null;
}

const DISK_BYTES_MIN = 1e9;
/** A recording, its prepared audio and room for more of them. */
const FILES_ROOM = 4;
const POSTGRES_MINIMUM = 14;
const CONNECTIONS_SHARE_MAX = 0.9;

/** What `vt doctor` looks at, as far as it can be told from here: this machine, the database, and what the workers report of theirs. */
export async function findProblems(
  services: Services,
  { machine, database }: { readonly machine: MachineFacts; readonly database: DatabaseFacts },
): Promise<DoctorFinding[]> {
  return [
    await aboutTools(services),
    aboutDisk(services, machine),
    aboutMemory(machine),
    aboutProcessor(machine),
    aboutDatabase(database),
    await aboutModel(services),
    ...(await aboutWorkers(services)),
  ];
}

function ok(code: DoctorFinding['code'], message: string): DoctorFinding {
  return { level: 'ok', code, message, fix: null };
}

async function aboutTools({ findTools }: Services): Promise<DoctorFinding> {
  try {
    const { version } = await findTools();
    return ok('ffmpeg', version.replace(/ Copyright.*/, ''));
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    return { level: 'error', code: 'ffmpeg', message: 'ffmpeg or ffprobe does not run.', fix: error.message };
  }
}

function aboutDisk({ config }: Services, { disk }: MachineFacts): DoctorFinding {
  const message = `${gigabytes(disk.bytesFree)} free where recordings are stored.`;
  const fix =
    'Free some space, delete old transcriptions, shorten their retention, or move STORAGE_DIR to a larger disk.';
  if (disk.bytesFree < DISK_BYTES_MIN) return { level: 'error', code: 'disk', message, fix };
  if (disk.bytesFree < config.upload.fileBytesMax * FILES_ROOM) return { level: 'warning', code: 'disk', message, fix };
  return ok('disk', message);
}

function aboutMemory({ memoryBytesAvailable, memoryBytesTotal }: MachineFacts): DoctorFinding {
  const message = `${gigabytes(memoryBytesAvailable)} of ${gigabytes(memoryBytesTotal)} memory available.`;
  if (memoryBytesAvailable > memoryBytesTotal / 10) return ok('memory', message);
  const fix = 'Lower WHISPER_MODEL_CACHE_SIZE or MAX_CONCURRENT_JOBS, choose a smaller model, or give it more memory.';
  return { level: 'warning', code: 'memory', message, fix };
}

function aboutProcessor({ cores, loadAverage }: MachineFacts): DoctorFinding {
  const message = `${cores} cores, load ${loadAverage.toFixed(1)}.`;
  if (loadAverage <= cores * 1.5) return ok('processor', message);
  const fix = 'The machine is busy: stop what else runs, or lower MAX_CONCURRENT_JOBS.';
  return { level: 'warning', code: 'processor', message, fix };
}

function aboutDatabase({ version, connections, connectionsMax }: DatabaseFacts): DoctorFinding {
  const message = `PostgreSQL ${version}, ${connections} of ${connectionsMax} connections in use.`;
  if (Number.parseInt(version, 10) < POSTGRES_MINIMUM) {
    return { level: 'error', code: 'database', message, fix: `Use PostgreSQL ${POSTGRES_MINIMUM} or newer.` };
  }
  if (connections < connectionsMax * CONNECTIONS_SHARE_MAX) return ok('database', message);
  return { level: 'warning', code: 'database', message, fix: 'Raise max_connections, or run fewer instances.' };
}

async function aboutModel({ modelStore, config }: Services): Promise<DoctorFinding> {
  const name = config.inference.defaultModel;
  if ((await modelStore.find(name)) !== undefined) return ok('model', `The default model ${name} is installed.`);
  const fix = `Pull or import "${name}", or set DEFAULT_MODEL to an installed one.`;
  return { level: 'error', code: 'model', message: `The default model ${name} is not installed.`, fix };
}

async function aboutWorkers({ db }: Services): Promise<DoctorFinding[]> {
  const workers = await listWorkers(db.orm, { includeStopped: false, limit: PAGE_SIZE_MAX });
  const running = workers.filter(({ state }) => state === 'running');
  if (running.length === 0) {
    const fix = 'Start one with "vt up", resume one that drains, or look into the log of the last.';
    return [{ level: 'error', code: 'workers', message: 'No worker takes work.', fix }];
  }
  const findings = new Map<string, DoctorFinding>();
  for (const { host, backends } of running) {
    for (const { name, status, version, reason, fix } of backends) {
      const finding: DoctorFinding =
        status === 'available'
          ? ok('backend', `${name}${version === undefined ? '' : ` ${version}`} works on ${host}.`)
          : {
              level: 'warning',
              code: 'backend',
              message: `${name} cannot be used on ${host}. ${reason ?? ''}`.trim(),
              fix: fix ?? null,
            };
      findings.set(`${host} ${name}`, finding);
    }
  }
  const count = running.length === 1 ? '1 worker takes' : `${running.length} workers take`;
  return [ok('workers', `${count} work.`), ...findings.values()];
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
