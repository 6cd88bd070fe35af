'use client';

import { useCallback, useEffect, useState } from 'react';
import { useClient } from 'urql';
import type { TranscriptFactsQuery } from '../gql/graphql';
import { TranscriptFactsDocument } from './transcript-documents';

export type TranscriptFacts = NonNullable<TranscriptFactsQuery['transcription']>;

/** As many as a wide screen has bars. */
const WAVEFORM_POINTS = 1200;
const REFRESH_SECONDS = 10;

interface LoadedFacts {
  readonly facts: TranscriptFacts | undefined;
  readonly reload: () => void;
}

/** Waveform, coverage, languages and other runs: read at first, with each state, and now and then while the text grows. */
export function useTranscriptFacts(id: string, state: string | undefined, running: boolean): LoadedFacts {
  const client = useClient();
  const [facts, setFacts] = useState<TranscriptFacts>();
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((current) => current + 1), []);
  useEffect(() => {
    let current = true;
    const load = async () => {
      const { data } = await client.query(TranscriptFactsDocument, { id, points: WAVEFORM_POINTS }).toPromise();
      const loaded = data?.transcription;
      if (!current || !loaded) return;
      setFacts((known) => keepWaveform(known, loaded));
    };
    void load();
    const timer = running ? setInterval(() => void load(), REFRESH_SECONDS * 1000) : undefined;
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [client, id, state, running, round]);
  return { facts, reload };
}

/** The recording stays as it is: an equal waveform stays the same object, so that it is not drawn anew. */
function keepWaveform(known: TranscriptFacts | undefined, loaded: TranscriptFacts): TranscriptFacts {
  const before = known?.waveform;
  if (!before || !loaded.waveform || before.peaks.length !== loaded.waveform.peaks.length) return loaded;
  return before.peaks.every((peak, index) => peak === loaded.waveform?.peaks[index])
    ? { ...loaded, waveform: before }
    : loaded;
}
