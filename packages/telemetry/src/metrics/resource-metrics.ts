import { Counter, Gauge, type Registry } from 'prom-client';
import { readContainerLimits } from '../container-limits.js';
import { processTreeUsage } from '../process-tree.js';
import { busyCpuSeconds, type ResourceSample } from '../resource-sampler.js';
import { readGpus, type GpuReading } from './gpu-readings.js';

export interface ResourceMetricsOptions {
  readonly register: Registry;
  /** Of the machine, or of the container where it has limits. */
  readonly sample: () => Promise<ResourceSample>;
  /** Graphics processors too: where models run. */
  readonly gpus: boolean;
}

/** Cards are asked at most this often, however many scrape. */
const GPU_MILLISECONDS = 5_000;

/** Read when they are scraped: this process with its children, the machine or container around it, the disk, graphics processors. */
export function registerResourceMetrics({ register, sample, gpus }: ResourceMetricsOptions): void {
  const registers = [register];
  const gauge = (name: string, help: string, read: () => Promise<number> | number): void => {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await read());
      },
    });
  };
  const shared = once(sample);
  gauge(
    'vt_cpu_cores',
    'Cores that this process may use: of the container where it has a limit, else of the machine.',
    async () => (await shared()).cpuCores,
  );
  gauge(
    'vt_memory_limit_bytes',
    'Memory of the container where it has a limit, else of the machine.',
    async () => (await shared()).memoryBytesTotal,
  );
  gauge(
    'vt_memory_available_bytes',
    'Memory that can be taken now without swapping or being killed.',
    async () => (await shared()).memoryBytesAvailable,
  );
  gauge(
    'vt_storage_size_bytes',
    'Size of the file system that recordings are stored on.',
    async () => (await shared()).diskBytesTotal,
  );
  gauge(
    'vt_storage_free_bytes',
    'Free bytes on the file system that recordings are stored on.',
    async () => (await shared()).diskBytesFree,
  );
  counterOf(
    register,
    'vt_cpu_busy_seconds_total',
    'Seconds for which cores were busy, whoever kept them so: of the container where it has a limit, else of the machine.',
    () => busyCpuSeconds(),
  );

  const tree = once(() => processTreeUsage(process.pid));
  gauge(
    'vt_process_tree_memory_bytes',
    'Resident bytes of this process and all its children; what they share counts for each.',
    async () => (await tree()).memoryBytes,
  );
  counterOf(
    register,
    'vt_process_tree_cpu_seconds_total',
    'Processor time of this process and all its children.',
    async () => (await tree()).cpuSeconds,
  );

  registerContainerMetrics(register);
  if (gpus) registerGpuMetrics(register);
}

/** Only what the container really limits has a value. */
function registerContainerMetrics(register: Registry): void {
  const limits = once(() => Promise.resolve(readContainerLimits()));
  const figures = [
    ['vt_container_memory_limit_bytes', 'Memory limit of the control group.', 'memoryBytesMax'],
    [
      'vt_container_memory_used_bytes',
      'Memory in use in the control group, without page cache that can be dropped.',
      'memoryBytesUsed',
    ],
    ['vt_container_cpu_limit_cores', 'Processor limit of the control group.', 'cpuCoresMax'],
  ] as const;
  for (const [name, help, key] of figures) {
    new Gauge({
      name,
      help,
      registers: [register],
      async collect() {
        this.reset();
        const value = (await limits())[key];
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
  }
}

function registerGpuMetrics(register: Registry): void {
  let asked: { readonly at: number; readonly readings: Promise<readonly GpuReading[]> } | undefined;
  const readings = (): Promise<readonly GpuReading[]> => {
    if (asked === undefined || performance.now() - asked.at > GPU_MILLISECONDS)
      asked = { at: performance.now(), readings: readGpus() };
    return asked.readings;
  };
  const figures = [
    [
      'vt_gpu_utilization_ratio',
      'Share of the time in which the graphics processor computed anything, 0 to 1.',
      'utilizationRatio',
    ],
    ['vt_gpu_memory_used_bytes', 'Memory of the graphics processor that is in use.', 'memoryBytesUsed'],
    ['vt_gpu_memory_size_bytes', 'Memory of the graphics processor.', 'memoryBytesTotal'],
    ['vt_gpu_temperature_celsius', 'Temperature of the graphics processor.', 'temperatureCelsius'],
    ['vt_gpu_power_watts', 'Power that the graphics processor draws.', 'powerWatts'],
  ] as const;
  for (const [name, help, key] of figures) {
    new Gauge({
      name,
      help,
      labelNames: ['gpu', 'name'],
      registers: [register],
      async collect() {
        this.reset();
        for (const reading of await readings()) {
          const value = reading[key];
          if (value !== undefined) this.set({ gpu: reading.index, name: reading.name }, value);
        }
      },
    });
  }
}

/** A counter that somebody else counts. It never falls, as when a child that ended takes its seconds along. */
function counterOf(register: Registry, name: string, help: string, read: () => Promise<number> | number): void {
  let last = 0;
  new Counter({
    name,
    help,
    registers: [register],
    async collect() {
      const value = await read();
      this.inc(Math.max(0, value - last));
      last = value;
    },
  });
}

/** The gauges of one scrape share one reading. */
function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let current: Promise<Value> | undefined;
  return () => {
    current ??= read().finally(() => setImmediate(() => (current = undefined)));
    return current;
  };
}
