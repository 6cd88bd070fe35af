import { ORDER_DEFAULTS, type BenchmarkCell } from '@voice-transcriber/benchmark';
import { openDatabase } from '@voice-transcriber/db';
import type { Machine, Trial } from '@voice-transcriber/doctor';
import type { BackendReport } from '@voice-transcriber/inference';
import {
  finishBenchmark,
  insertRunningBenchmark,
  recordBenchmarkProgress,
  recordBenchmarkResult,
} from '@voice-transcriber/jobs/handlers';

interface Calibration {
  readonly trials: readonly Trial[];
  readonly reports: readonly BackendReport[];
  readonly machine: Machine;
}

const CLIP_NAME = 'self-test clip';

/** Stores what was timed as a benchmark, so that the System page recommends from it. Nothing was timed: nothing is stored. */
export async function keepCalibration(databaseUrl: string, { trials, machine, reports }: Calibration): Promise<void> {
  const cells = trials.flatMap((trial) => trial.timings.map((timing) => ({ trial, timing })));
  const [first] = cells;
  if (first === undefined) return;
  const db = openDatabase(databaseUrl, { connectionsMax: 1, applicationName: 'voice-transcriber-doctor' });
  try {
    const order = { ...ORDER_DEFAULTS, iterations: 1, warmups: 1 };
    const run = await insertRunningBenchmark(db.orm, { order, host: machine.host });
    const audioSeconds = first.timing.audioSeconds / first.timing.jobs;
    const clip = {
      name: CLIP_NAME,
      audioSeconds,
      speechSeconds: audioSeconds,
      windows: 1,
      language: 'en',
      reference: null,
    };
    await recordBenchmarkProgress(db.orm, run.id, {
      machine: describeMachine(machine, reports),
      audio: { clips: [clip], audioSeconds, prepareSeconds: 0, problems: [] },
    });
    for (const [index, { trial, timing }] of cells.entries()) {
      const { model, backend, device, threads, selfTest } = trial;
      const cell: BenchmarkCell = { model, backend, device, threads, batch: timing.jobs };
      const iteration = {
        durationSeconds: timing.wallSeconds,
        cpuSeconds: timing.cpuSeconds,
        otherCpuSeconds: timing.otherCores * timing.wallSeconds,
        memoryBytesPeak: timing.memoryBytesPeak,
        memoryBytesAverage: timing.memoryBytesPeak,
        treeMemoryBytesPeak: timing.memoryBytesPeak,
        firstWindowSeconds: timing.wallSeconds,
      };
      await recordBenchmarkResult(db.orm, run.id, {
        progress: {
          cellsDone: index + 1,
          cellsTotal: cells.length,
          doing: 'vt doctor',
          fraction: (index + 1) / cells.length,
        },
        result: {
          ...cell,
          ...{ index, state: 'completed', audioSeconds: timing.audioSeconds, iterations: [iteration] },
          ...{
            clips: [{ name: CLIP_NAME, text: selfTest?.text ?? '', language: 'en', words: null, characters: null }],
          },
          ...{ unsteadyClips: [], skippedClips: [] },
        },
      });
    }
    await finishBenchmark(db.orm, run.id, { state: 'completed' });
  } finally {
    await db.close();
  }
}

function describeMachine(machine: Machine, reports: readonly BackendReport[]) {
  return {
    host: machine.host,
    processor: machine.processor,
    cores: machine.cores,
    coresMachine: machine.cores,
    instructionSets: machine.instructionSets.filter((name) =>
      /^(avx2|fma|avx512f|avx512_vnni|avx_vnni|asimddp)$/.test(name),
    ),
    memoryBytesTotal: machine.memoryBytesTotal,
    graphics: machine.graphics.map(({ vendor }) => vendor),
    system: `${process.platform} ${machine.architecture}`,
    node: process.versions.node,
    product: 'vt doctor',
    backends: reports.map(({ name, version, facts }) => ({ name, version: version ?? null, facts })),
  };
}
