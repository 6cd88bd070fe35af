import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface ProcessTreeUsage {
  /** Resident bytes of the process and all below it; a page that several share is counted for each. */
  readonly memoryBytes: number;
  /** Processor time, user and system. A descendant that has ended counts once its parent has noticed. */
  readonly cpuSeconds: number;
}

const NOTHING: ProcessTreeUsage = { memoryBytes: 0, cpuSeconds: 0 };

/** What a process and all its descendants use now. Zeros when it has ended. */
export async function processTreeUsage(pid: number): Promise<ProcessTreeUsage> {
  return process.platform === 'linux' ? readTree(pid) : askPs(pid);
}

async function readTree(pid: number): Promise<ProcessTreeUsage> {
  const [usage, children] = await Promise.all([readProcess(pid), readChildren(pid)]);
  const below = await Promise.all(children.map(readTree));
  return sum([usage, ...below]);
}

async function readProcess(pid: number): Promise<ProcessTreeUsage> {
  const [status, stat] = await Promise.all([readProcFile(`${pid}/status`), readProcFile(`${pid}/stat`)]);
  const residentKilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status ?? '')?.[1] ?? 0);
  const ticks = statFields(stat)
    .slice(11, 15)
    .reduce((total, field) => total + Number(field), 0);
  return { memoryBytes: residentKilobytes * 1024, cpuSeconds: ticks / CLOCK_TICKS_PER_SECOND };
}

/** The kernel shows processor time to programs in hundredths of a second on every architecture that Node runs on. */
const CLOCK_TICKS_PER_SECOND = 100;

/** The fields after the program's name, which may itself hold spaces and brackets. */
function statFields(stat: string | undefined): string[] {
  return stat === undefined ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

async function readChildren(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  if (threads.length === 0) return [];
  const lists = await Promise.all(threads.map((thread) => readProcFile(`${pid}/task/${thread}/children`)));
  if (lists.every((list) => list === undefined)) return scanForChildren(pid);
  return lists.flatMap((list) => list?.trim().split(' ').filter(Boolean).map(Number) ?? []);
}

/** For kernels built without the lists of children: asks every process for its parent. */
async function scanForChildren(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(pids.map(async (pid) => Number(statFields(await readProcFile(`${pid}/stat`))[1])));
  return pids.map(Number).filter((_pid, position) => parents[position] === parent);
}

/** Undefined when the process has ended meanwhile, or the kernel does not offer the file. */
async function readProcFile(path: string): Promise<string | undefined> {
  return readFile(`/proc/${path}`, 'utf8').catch(() => undefined);
}

const PS_MILLISECONDS_MAX = 5_000;

/** For systems without /proc. `time` is [days-]hours:minutes:seconds with fractions on some. */
async function askPs(pid: number): Promise<ProcessTreeUsage> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,rss=,time='], {
    timeout: PS_MILLISECONDS_MAX,
  });
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  const usageBelow = (parent: string): ProcessTreeUsage =>
    sum(rows.filter((row) => row[1] === parent).map((row) => sum([usageOf(row), usageBelow(row[0] ?? '')])));
  const own = rows.find((row) => row[0] === String(pid));
  return own ? sum([usageOf(own), usageBelow(String(pid))]) : NOTHING;
}

function usageOf([, , residentKilobytes, time]: readonly string[]): ProcessTreeUsage {
  const cpuSeconds = (time ?? '0').split(/[-:]/).reduce((total, part, position, parts) => {
    const unitSeconds = [1, 60, 3_600, 86_400][parts.length - 1 - position] ?? 0;
    return total + Number(part) * unitSeconds;
  }, 0);
  return { memoryBytes: Number(residentKilobytes) * 1024, cpuSeconds };
}

function sum(usages: readonly ProcessTreeUsage[]): ProcessTreeUsage {
  return usages.reduce(
    (total, usage) => ({
      memoryBytes: total.memoryBytes + usage.memoryBytes,
      cpuSeconds: total.cpuSeconds + usage.cpuSeconds,
    }),
    NOTHING,
  );
}
