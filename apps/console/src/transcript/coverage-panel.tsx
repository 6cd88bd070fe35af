'use client';

import { Button, Checkbox } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconRefresh } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useClient } from 'urql';
import { describeError } from '../api/session-errors';
import { Panel } from '../job/panel';
import { formatClock, formatPercent, formatSpan } from '../ui/format';
import { listFlags, type FlaggedSpan, type FlagKind } from './lanes';
import { RedecodeDocument } from './transcript-documents';
import classes from './side-panels.module.css';
import type { TranscriptFacts } from './use-transcript-facts';

interface CoveragePanelProps {
  readonly id: string;
  readonly facts: TranscriptFacts | undefined;
  /** May change the transcript, and it has ended. */
  readonly writable: boolean;
  readonly onSeek: (seconds: number) => void;
}

const KIND_TEXTS: Readonly<Record<FlagKind, string>> = {
  uncovered: 'speech without text',
  loop: 'repeats itself',
  doubt: 'little confidence',
};
const FLAGS_SHOWN_MAX = 200;

const keyOf = ({ kind, startSeconds }: FlaggedSpan): string => `${kind}-${startSeconds}`;

function useRedecode(id: string): { busy: boolean; redecode: (spans: readonly FlaggedSpan[]) => Promise<boolean> } {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const redecode = async (flags: readonly FlaggedSpan[]) => {
    setBusy(true);
    const spans = flags.map(({ startSeconds, endSeconds }) => ({ startSeconds, endSeconds }));
    const { data, error } = await client.mutation(RedecodeDocument, { id, spans }).toPromise();
    setBusy(false);
    const refusal = data === undefined ? error && describeError(error) : messageOf(data.result);
    if (refusal !== undefined)
      notifications.show({ id: 'cannot-redecode', color: 'red', title: 'Not decoded again', message: refusal });
    return refusal === undefined;
  };
  return { busy, redecode };
}

const messageOf = (result: object): string | undefined =>
  'message' in result && typeof result.message === 'string' ? result.message : undefined;

/** What a person should look at again, and the button to have marked parts heard again. */
export function CoveragePanel({ id, facts, writable, onSeek }: CoveragePanelProps) {
  const coverage = facts?.coverage ?? undefined;
  const flags = useMemo(() => listFlags(coverage), [coverage]);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const { busy, redecode } = useRedecode(id);
  if (coverage === undefined) return null;

  const chosen = flags.filter((flag) => marked.has(keyOf(flag)));
  const toggle = (flag: FlaggedSpan) =>
    setMarked((known) => {
      const next = new Set(known);
      if (!next.delete(keyOf(flag))) next.add(keyOf(flag));
      return next;
    });
  const start = async () => {
    if (await redecode(chosen)) setMarked(new Set());
  };
  const share = coverage.speechSeconds > 0 ? Math.min(1, coverage.coveredSeconds / coverage.speechSeconds) : 1;
  return (
    <Panel
      title="Coverage"
      aside={<span className={`${classes.quiet} numeric`}>{formatPercent(share)} of speech</span>}
    >
      <div
        className={classes.coverageBar}
        role="img"
        aria-label={`${formatPercent(share)} of ${formatSpan(coverage.speechSeconds)} of speech has text`}
      >
        <span style={{ width: `${share * 100}%` }} />
      </div>
      {flags.length === 0 ? (
        <div className={classes.quiet}>All speech has text, nothing repeats, and no part was hard to hear.</div>
      ) : (
        <>
          <ul className={classes.flags} aria-label="Worth another look" tabIndex={0}>
            {flags.slice(0, FLAGS_SHOWN_MAX).map((flag) => (
              <li key={keyOf(flag)} data-kind={flag.kind}>
                {writable ? (
                  <Checkbox
                    size="xs"
                    aria-label={`Mark ${formatClock(flag.startSeconds)}, ${KIND_TEXTS[flag.kind]}`}
                    checked={marked.has(keyOf(flag))}
                    onChange={() => toggle(flag)}
                  />
                ) : null}
                <button type="button" className={classes.flagTime} onClick={() => onSeek(flag.startSeconds)}>
                  {formatClock(flag.startSeconds)}
                </button>
                <span title={flag.reason}>
                  {KIND_TEXTS[flag.kind]}, {formatSpan(flag.endSeconds - flag.startSeconds)}
                </span>
              </li>
            ))}
          </ul>
          {flags.length > FLAGS_SHOWN_MAX ? (
            <div className={classes.quiet}>and {flags.length - FLAGS_SHOWN_MAX} more</div>
          ) : null}
          {writable ? (
            <div className={classes.flagActions}>
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconRefresh size={14} aria-hidden />}
                disabled={chosen.length === 0}
                loading={busy}
                onClick={() => void start()}
              >
                Decode {chosen.length === 0 ? 'marked' : chosen.length} again
              </Button>
              <Button
                size="compact-sm"
                variant="subtle"
                onClick={() => setMarked(chosen.length === flags.length ? new Set() : new Set(flags.map(keyOf)))}
              >
                {chosen.length === flags.length ? 'Mark none' : 'Mark all'}
              </Button>
            </div>
          ) : null}
        </>
      )}
    </Panel>
  );
}
