'use client';

import { Button, Skeleton, Stack, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import Link from 'next/link';
import { parseAsString, useQueryState } from 'nuqs';
import { EmptyState } from '../ui/empty-state';
import { formatClock, formatDate, formatLanguage } from '../ui/format';
import { ProblemAlert } from '../ui/problem-alert';
import classes from './search.module.css';
import { useSearch, type Hit } from './use-search';

const TYPING_MILLISECONDS = 200;

function HitLine({ hit }: { hit: Hit }) {
  const { segment, transcription, headline } = hit;
  const language = segment.language ?? transcription.language;
  const href = `/jobs/${encodeURIComponent(transcription.id)}/transcript?t=${segment.startSeconds}`;
  return (
    <li>
      <Link href={href} className={classes.hit}>
        <span className={classes.text}>
          {headline.map(({ text, match }, index) => (match ? <mark key={index}>{text}</mark> : text))}
        </span>
        <span className={`${classes.origin} numeric`}>
          <span className={classes.filename}>{transcription.media.filename}</span>
          <span>{formatClock(segment.startSeconds)}</span>
          {language === null ? null : <span>{formatLanguage(language)}</span>}
          <time dateTime={transcription.createdAt}>{formatDate(new Date(transcription.createdAt))}</time>
        </span>
      </Link>
    </li>
  );
}

/** Words in all transcripts, each with the way to its place in the recording. */
export function SearchView() {
  const [query, setQuery] = useQueryState('q', parseAsString.withDefault('').withOptions({ history: 'replace' }));
  const [settled] = useDebouncedValue(query, TYPING_MILLISECONDS);
  const { findings, loading, loadMore } = useSearch(settled);
  return (
    <Stack gap="md">
      <Title order={1} size="h3">
        Search
      </Title>
      <search>
        <TextInput
          size="md"
          data-page-search
          autoFocus
          aria-label="Search all transcripts"
          placeholder='Words, or "words in this order", -without'
          leftSection={<IconSearch size={18} aria-hidden />}
          value={query}
          onChange={({ currentTarget }) => void setQuery(currentTarget.value)}
        />
      </search>
      {findings?.problem === undefined ? null : (
        <ProblemAlert title="The search did not succeed" message={findings.problem} />
      )}
      {query.trim() === '' ? (
        <EmptyState
          title="Search all transcripts"
          text="Every line that holds all the words is found. Quotes keep words together, “or” finds either, a minus leaves a word out."
        />
      ) : findings === undefined ? (
        <Skeleton height={160} aria-busy />
      ) : (
        <Stack gap="sm" aria-busy={loading}>
          {findings.hits.length === 0 && findings.problem === undefined ? (
            <EmptyState title="Nothing found" text={`No transcript holds ${findings.query}.`} />
          ) : (
            <ol className={classes.hits} aria-label="Found places">
              {findings.hits.map((hit) => (
                <HitLine key={hit.segment.id} hit={hit} />
              ))}
            </ol>
          )}
          {findings.endCursor === null ? null : (
            <Button variant="default" onClick={loadMore} loading={loading}>
              More places
            </Button>
          )}
        </Stack>
      )}
    </Stack>
  );
}
