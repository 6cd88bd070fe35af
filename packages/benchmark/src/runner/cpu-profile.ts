import type { ProfiledFunction } from '../benchmark-run.js';

/** A V8 CPU profile, as far as it is read here (Chrome DevTools Protocol, domain Profiler). */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[] | undefined;
  }[];
  readonly samples?: readonly number[] | undefined;
  /** Microseconds since the sample before. */
  readonly timeDeltas?: readonly number[] | undefined;
}

/** Where a thread waits or where V8 itself stands for what it cannot name. */
const NO_FUNCTIONS = ['(root)', '(idle)'];
const FUNCTIONS_MAX = 20;
/** Less is chance: the profiler looks about once a millisecond. */
const MICROSECONDS_MIN = 10_000;

/** The functions in which most time went, callees counted, over the profiles of all threads of a process. */
export function topFunctions(
  profiles: readonly CpuProfile[],
  process: ProfiledFunction['process'],
): ProfiledFunction[] {
  const found = new Map<string, { name: string; place: string; self: number; total: number }>();
  for (const profile of profiles) addProfile(profile, found);
  return [...found.values()]
    .filter(({ name, total }) => !NO_FUNCTIONS.includes(name) && total >= MICROSECONDS_MIN)
    .sort((one, other) => other.total - one.total || other.self - one.self)
    .slice(0, FUNCTIONS_MAX)
    .map(({ name, place, self, total }) => ({
      process,
      name,
      place,
      selfSeconds: self / 1e6,
      totalSeconds: total / 1e6,
    }));
}

type Times = Map<string, { name: string; place: string; self: number; total: number }>;

function addProfile({ nodes, samples = [], timeDeltas = [] }: CpuProfile, found: Times): void {
  const selfTimes = new Map<number, number>();
  // A delta is the time before its sample: it belongs to the sample before.
  for (const [index, id] of samples.entries()) {
    selfTimes.set(id, (selfTimes.get(id) ?? 0) + Math.max(0, timeDeltas[index + 1] ?? 0));
  }
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const entryOf = (node: CpuProfile['nodes'][number]) => {
    const { functionName, url, lineNumber } = node.callFrame;
    const name = functionName === '' ? '(anonymous)' : functionName;
    const place = url === '' ? '' : `${url.replace(/^.*\/(?=[^/]+\/[^/]+\/[^/]+$)/, '')}:${lineNumber + 1}`;
    const key = `${name} ${place}`;
    let entry = found.get(key);
    if (entry === undefined) found.set(key, (entry = { name, place, self: 0, total: 0 }));
    return { key, entry };
  };
  // Depth first; a function that calls itself is counted once for each stretch of time.
  const visit = (node: CpuProfile['nodes'][number], above: ReadonlySet<string>): number => {
    const { key, entry } = entryOf(node);
    const self = selfTimes.get(node.id) ?? 0;
    const path = new Set(above).add(key);
    let total = self;
    for (const child of node.children ?? []) {
      const next = byId.get(child);
      if (next !== undefined) total += visit(next, path);
    }
    entry.self += self;
    if (!above.has(key)) entry.total += total;
    return total;
  };
  const [root] = nodes;
  if (root !== undefined) visit(root, new Set());
}
