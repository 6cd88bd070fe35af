'use client';

import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { graphql } from '../gql';
import type { TranscriptionState } from '../gql/graphql';

const PaletteJobsDocument = graphql(`
  query PaletteJobs($first: Int!, $filter: TranscriptionFilter) {
    transcriptions(first: $first, filter: $filter) {
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

const PaletteWordsDocument = graphql(`
  query PaletteWords($query: String!, $first: Int!) {
    searchTranscripts(query: $query, first: $first) {
      nodes {
        headline {
          text
        }
        segment {
          id
          startSeconds
        }
        transcription {
          id
          media {
            id
            filename
          }
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
  /** What was asked for to find these: the reader may have typed on. */
  readonly wanted: string;
  readonly jobs: readonly FoundJob[];
  readonly hits: readonly FoundWords[];
}

const NOTHING: PaletteFindings = { wanted: '', jobs: [], hits: [] };
const JOBS_SHOWN_MAX = 6;
const HITS_SHOWN_MAX = 5;
/** Shorter ones are in every transcript. */
const WORD_LENGTH_MIN = 3;

/** Jobs by name or text, and places in transcripts. Without a query the newest jobs. Asked again whenever the palette opens. */
export function usePaletteFindings(query: string, opening: number): PaletteFindings {
  const client = useClient();
  const [findings, setFindings] = useState(NOTHING);
  const wanted = query.trim();
  useEffect(() => {
    let current = true;
    const findWords = async (): Promise<readonly FoundWords[]> => {
      if (wanted.length < WORD_LENGTH_MIN) return [];
      const { data } = await client.query(PaletteWordsDocument, { query: wanted, first: HITS_SHOWN_MAX }).toPromise();
      return (data?.searchTranscripts.nodes ?? []).map(({ headline, segment, transcription }) => ({
        id: segment.id,
        href: `/jobs/${encodeURIComponent(transcription.id)}/transcript?t=${segment.startSeconds}`,
        text: headline.map(({ text }) => text).join(''),
        filename: transcription.media.filename,
      }));
    };
    const findJobs = async (): Promise<readonly FoundJob[]> => {
      const filter = wanted === '' ? {} : { search: wanted };
      const { data } = await client.query(PaletteJobsDocument, { first: JOBS_SHOWN_MAX, filter }).toPromise();
      return (data?.transcriptions.nodes ?? []).map(({ id, state, media }) => ({
        id,
        state,
        filename: media.filename,
      }));
    };
    const load = async () => {
      const [jobs, hits] = await Promise.all([findJobs(), findWords()]);
      if (current) setFindings({ wanted, jobs, hits });
    };
    void load();
    return () => {
      current = false;
    };
  }, [client, wanted, opening]);
  return findings;
}
