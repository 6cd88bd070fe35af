import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** One reading of a graphics processor. */
export interface GpuReading {
  /** Position among those of the machine, as the driver counts. */
  readonly index: string;
  readonly name: string;
  /** 0..1 of the time in which it computed anything. */
  readonly utilizationRatio: number;
  readonly memoryBytesUsed: number;
  readonly memoryBytesTotal: number;
  /** Undefined where the card does not tell. */
  readonly temperatureCelsius: number | undefined;
  readonly powerWatts: number | undefined;
}

const FIELDS = [
  'index',
  'name',
  'utilization.gpu',
  'memory.used',
  'memory.total',
  'temperature.gpu',
  'power.draw',
] as const;
const QUERY_MILLISECONDS_MAX = 2_000;
const MEBIBYTE = 1024 ** 2;

/** Asks the NVIDIA driver. Empty where there is no card, no driver, or no answer in time. */
export async function readGpus(program = 'nvidia-smi'): Promise<readonly GpuReading[]> {
  try {
    const { stdout } = await promisify(execFile)(
      program,
      [`--query-gpu=${FIELDS.join(',')}`, '--format=csv,noheader,nounits'],
      { timeout: QUERY_MILLISECONDS_MAX },
    );
    return parseGpus(stdout);
  } catch {
    // No driver, or one that does not answer: the doctor says which.
    return [];
  }
}

/** A line for each card, with the fields in the order asked for; what a card does not know is `[N/A]`. */
export function parseGpus(csv: string): readonly GpuReading[] {
  return csv
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .flatMap(([index, name, utilization, used, total, temperature, power]) => {
      if (index === undefined || name === undefined || total === undefined) return [];
      return [
        {
          index,
          name,
          utilizationRatio: (numberOf(utilization) ?? 0) / 100,
          memoryBytesUsed: (numberOf(used) ?? 0) * MEBIBYTE,
          memoryBytesTotal: (numberOf(total) ?? 0) * MEBIBYTE,
          temperatureCelsius: numberOf(temperature),
          powerWatts: numberOf(power),
        },
      ];
    });
}

function numberOf(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || text === '' || Number.isNaN(value) ? undefined : value;
}
