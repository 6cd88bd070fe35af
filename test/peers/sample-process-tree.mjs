import { readFileSync, readdirSync } from 'node:fs';

const SAMPLE_MILLISECONDS = 200;
/** The kernel shows processor time in hundredths of a second (`proc(5)`). */
const CLOCK_TICKS_PER_SECOND = 100;

/**
 * Watches a process and all below it until `finish`, which gives the processor seconds spent since and the peak memory: resident bytes, where a page that
 * several processes share counts for each, and proportional bytes, where it counts once in all. Linux only.
 */
export function sampleProcessTree(rootPid, { isRootCounted }) {
  const cpuSecondsBefore = readTree(rootPid).cpuSeconds;
  const peak = { residentBytes: 0, proportionalBytes: 0 };
  const sample = () => {
    const { pids } = readTree(rootPid);
    const memories = pids.filter((pid) => isRootCounted || pid !== rootPid).map(readMemory);
    for (const kind of Object.keys(peak)) {
      peak[kind] = Math.max(
        peak[kind],
        memories.reduce((total, memory) => total + memory[kind], 0),
      );
    }
  };
  sample();
  const timer = setInterval(sample, SAMPLE_MILLISECONDS);
  return {
    cancel: () => clearInterval(timer),
    finish() {
      clearInterval(timer);
      const { cpuSeconds } = readTree(rootPid);
      return {
        cpuSeconds: cpuSeconds - cpuSecondsBefore,
        residentBytesPeak: peak.residentBytes,
        proportionalBytesPeak: peak.proportionalBytes,
      };
    },
  };
}

/** The processes of a tree, and the processor time of all of them with those that have ended and were waited for. */
export function readTree(rootPid) {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)));
  const family = new Set([rootPid]);
  for (let grown = 0; grown !== family.size;) {
    grown = family.size;
    for (const { pid, parentPid } of stats) if (family.has(parentPid)) family.add(pid);
  }
  const ticks = stats.filter(({ pid }) => family.has(pid)).reduce((total, stat) => total + stat.ticks, 0);
  return { pids: [...family], cpuSeconds: ticks / CLOCK_TICKS_PER_SECOND };
}

function readStat(pid) {
  const line = readProcFile(`${pid}/stat`);
  if (line === undefined) return [];
  // After the program's name, which may hold spaces and brackets: state, parent, …; user, system, and both of the children that have ended.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((total, field) => total + Number(field), 0);
  return [{ pid, parentPid: Number(fields[1]), ticks }];
}

function readMemory(pid) {
  const text = readProcFile(`${pid}/smaps_rollup`) ?? '';
  const bytesOf = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
  return { residentBytes: bytesOf('Rss'), proportionalBytes: bytesOf('Pss') };
}

/** Undefined when the process has ended meanwhile. */
function readProcFile(name) {
  try {
    return readFileSync(`/proc/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}
