'use client';

import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { followStream, type StreamStatus } from '../api/follow-stream';
import { describeError } from '../api/session-errors';
import { BenchmarkEventsDocument } from './benchmark-documents';
import { isOver, type BenchmarkRun } from './benchmark-looks';

interface LiveBenchmark {
  readonly run: BenchmarkRun | undefined;
  /** The server knows no such run, or no longer. */
  readonly missing: boolean;
  readonly problem: string | undefined;
}

/** One run as it goes on. `version` opens the stream again, after a command changed a run that has ended. */
export function useBenchmark(id: string, version: number): LiveBenchmark {
  const client = useClient();
  const [run, setRun] = useState<BenchmarkRun>();
  const [status, setStatus] = useState<StreamStatus>('connecting');
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let latest: BenchmarkRun | undefined;
    let failures = 0;
    return followStream({
      client,
      document: BenchmarkEventsDocument,
      variables: () => ({ id }),
      onData: ({ benchmarkEvents }) => {
        latest = benchmarkEvents;
        setRun(benchmarkEvents);
        setProblem(undefined);
      },
      onStatus: (next) => {
        if (next === 'reconnecting') failures += 1;
        setStatus(next);
      },
      onRefused: (error) => setProblem(describeError(error)),
      // A stream that ends without a word is one of a run that does not exist.
      isFinished: () => (latest === undefined ? failures === 0 : isOver(latest.state)),
    });
  }, [client, id, version]);
  return { run, missing: status === 'finished' && run === undefined, problem };
}
