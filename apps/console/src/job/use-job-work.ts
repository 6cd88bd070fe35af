'use client';

import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { JobWorkDocument } from '../api/job-documents';
import type { JobWorkQuery } from '../gql/graphql';

export type JobWork = NonNullable<JobWorkQuery['transcription']>;
export type Attempt = JobWork['attempts']['nodes'][number];
export type Chunk = JobWork['chunks']['nodes'][number];

const REFRESH_SECONDS = 3;

/** Attempts and chunks of a job. They are no part of the stream: read when the page opens, on each change of state, and every few seconds while it runs. */
export function useJobWork(id: string, state: string, running: boolean): JobWork | undefined {
  const client = useClient();
  const [work, setWork] = useState<JobWork>();
  useEffect(() => {
    let current = true;
    const load = async () => {
      const { data } = await client.query(JobWorkDocument, { id }).toPromise();
      if (current && data?.transcription) setWork(data.transcription);
    };
    void load();
    const timer = running ? setInterval(() => void load(), REFRESH_SECONDS * 1000) : undefined;
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [client, id, state, running]);
  return work;
}
