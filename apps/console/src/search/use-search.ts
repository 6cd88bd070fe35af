'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { describeError } from '../api/session-errors';
import type { SearchQuery } from '../gql/graphql';
import { SearchDocument } from './search-documents';

export type Hit = SearchQuery['searchTranscripts']['nodes'][number];

interface Findings {
  /** What was searched for. */
  readonly query: string;
  readonly hits: readonly Hit[];
  readonly endCursor: string | null;
  readonly problem: string | undefined;
}

export interface Search {
  readonly findings: Findings | undefined;
  readonly loading: boolean;
  readonly loadMore: () => void;
}

const PAGE_SIZE = 30;

/** Places in all transcripts, best first. An answer that comes after a newer question is dropped. */
export function useSearch(query: string): Search {
  const client = useClient();
  const [findings, setFindings] = useState<Findings>();
  const [loading, setLoading] = useState(false);
  const asked = useRef('');
  const wanted = query.trim();

  const load = useCallback(
    async (after: string | null, known: readonly Hit[]) => {
      asked.current = wanted;
      setLoading(true);
      const { data, error } = await client
        .query(SearchDocument, { query: wanted, after, first: PAGE_SIZE, language: null })
        .toPromise();
      if (asked.current !== wanted) return;
      setLoading(false);
      const page = data?.searchTranscripts;
      setFindings({
        query: wanted,
        hits: page === undefined ? known : [...known, ...page.nodes],
        endCursor: page?.pageInfo.hasNextPage === true ? page.pageInfo.endCursor : null,
        problem: error === undefined ? undefined : describeError(error),
      });
    },
    [client, wanted],
  );

  useEffect(() => {
    if (wanted !== '') void load(null, []);
    return () => {
      asked.current = '';
    };
  }, [wanted, load]);

  const loadMore = () => {
    if (findings !== undefined && findings.endCursor !== null) void load(findings.endCursor, findings.hits);
  };
  return { findings: wanted === '' ? undefined : findings, loading: loading && wanted !== '', loadMore };
}
