'use client';

import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { graphql } from '../gql';
import type { TranscriptionState } from '../gql/graphql';

const PaletteJobsDocument = graphql(`
  query PaletteJobs($first: Int!) {
    transcriptions(first: $first) {
      nodes {
        id
        state
        media {
          id
          filename
        }
      }
    }
  }
`);

interface FoundJob {
  readonly id: string;
  readonly filename: string;
  readonly state: TranscriptionState;
}

interface FoundWords {
  readonly id: string;
  readonly href: string;
  readonly text: string;
  readonly filename: string;
}

export interface PaletteFindings {
  readonly jobs: readonly FoundJob[];
  readonly hits: readonly FoundWords[];
}

const NOTHING: PaletteFindings = { jobs: [], hits: [] };
const JOBS_SHOWN_MAX = 6;

/** Jobs by their name, and places in transcripts. Without a query the newest jobs. Asked again whenever the palette opens. */
export function usePaletteFindings(query: string, opening: number): PaletteFindings {
  const client = useClient();
  const [findings, setFindings] = useState(NOTHING);
  const wanted = query.trim();
  useEffect(() => {
    let current = true;
    const load = async () => {
      const { data } = await client.query(PaletteJobsDocument, { first: 100 }).toPromise();
      if (!current || data === undefined) return;
      const jobs = data.transcriptions.nodes
        .map(({ id, state, media }) => ({ id, state, filename: media.filename }))
        .filter(({ filename }) => filename.toLowerCase().includes(wanted.toLowerCase()))
        .slice(0, JOBS_SHOWN_MAX);
      setFindings({ jobs, hits: [] });
    };
    void load();
    return () => {
      current = false;
    };
  }, [client, wanted, opening]);
  return findings;
}
