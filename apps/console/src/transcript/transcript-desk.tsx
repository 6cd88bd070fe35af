'use client';

import { parseAsFloat, parseAsString, useQueryState } from 'nuqs';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Job, Segment } from '../job/job-state';
import { isTerminal } from '../jobs/job-states';
import { ComparisonNote } from './comparison-note';
import { useCommandKey } from '../ui/use-command-key';
import { CoveragePanel } from './coverage-panel';
import { PlayerPanel } from './player-panel';
import { lastBegunAt } from './segment-at';
import { SegmentList, type SegmentListHandle } from './segment-list';
import rows from './segment-row.module.css';
import { ExportsPanel, LanguagesPanel, RunsPanel } from './side-panels';
import { TranscriptLine } from './transcript-line';
import page from './transcript-page.module.css';
import classes from './transcript-panel.module.css';
import { TranscriptToolbar } from './transcript-toolbar';
import { useComparison } from './use-comparison';
import { useEdits } from './use-edits';
import { useFind } from './use-find';
import { usePlayback } from './use-playback';
import { useTranscriptFacts } from './use-transcript-facts';
import { useTranscriptKeys } from './use-transcript-keys';
import { WaitingText } from './waiting-text';

interface TranscriptDeskProps {
  readonly job: Job;
  readonly streamed: readonly Segment[];
  /** Of the last event that is part of the text. */
  readonly seq: number;
  readonly writable: boolean;
}

/** A transcript with its recording: to hear, read, search, correct and compare. */
export function TranscriptDesk({ job, streamed, seq, writable }: TranscriptDeskProps) {
  const running = !isTerminal(job.state);
  const commandKey = useCommandKey();
  const playback = usePlayback();
  const list = useRef<SegmentListHandle>(null);
  const findField = useRef<HTMLInputElement>(null);
  const [editingId, setEditingId] = useState<string>();
  const [compared, setCompared] = useQueryState('compare', parseAsString);
  const edits = useEdits(streamed);
  const { segments } = edits;
  const { facts, reload } = useTranscriptFacts(job.id, job.state, running);
  const find = useFind(segments, list);
  const comparison = useComparison(segments, compared);
  useLinkedPlace(job.id, segments, (seconds, row) => {
    playback.seek(seconds);
    list.current?.reveal(row);
  });

  // Coverage follows what was written.
  const revisions = segments.reduce((sum, { revision }) => sum + revision - 1, 0);
  const known = useRef(revisions);
  useEffect(() => {
    if (known.current === revisions || running) return;
    known.current = revisions;
    reload();
  }, [revisions, running, seq, reload]);

  const editHeard = () => {
    const focused = document.activeElement?.closest<HTMLElement>('[data-index]')?.dataset.index;
    const row = focused === undefined ? (list.current?.heardRow() ?? -1) : Number(focused);
    const segment = segments[Math.max(0, row)];
    if (!writable || segment === undefined) return;
    list.current?.reveal(Math.max(0, row), { centred: false });
    setEditingId(segment.id);
  };
  const follow = useCallback(() => list.current?.follow(), []);
  const skip = (seconds: number) => {
    playback.seek(playback.seconds() + seconds);
    follow();
  };
  useTranscriptKeys({
    toggle: playback.toggle,
    skip,
    edit: editHeard,
    find: () => {
      findField.current?.focus();
      findField.current?.select();
    },
    undo: () => void (writable && edits.undo()),
    redo: () => void (writable && edits.redo()),
    leave: () => {
      setEditingId(undefined);
      find.setQuery('');
    },
  });

  const seekTo = (seconds: number) => {
    playback.seek(seconds);
    list.current?.reveal(Math.max(0, lastBegunAt(segments, seconds)));
  };

  return (
    <>
      <section className={classes.panel} aria-label="Recording">
        <PlayerPanel job={job} segments={segments} facts={facts} playback={playback} onJump={follow} />
      </section>
      <div className={page.columns}>
        <section className={classes.panel} aria-labelledby="transcript-title">
          <TranscriptToolbar edits={edits} find={find} findField={findField} writable={writable} />
          {comparison === undefined ? null : <ComparisonNote comparison={comparison} />}
          <SegmentList
            handle={list}
            segments={segments}
            playback={playback}
            growing={running}
            fillsWindow
            empty={<WaitingText state={job.state} />}
            footer={
              running && segments.length > 0 ? (
                <div className={classes.writing}>{job.state === 'PAUSED' ? 'Paused' : 'More is coming…'}</div>
              ) : null
            }
            renderRow={(segment, { row, heard }) => (
              <TranscriptLine
                segment={segment}
                heard={heard}
                playback={playback}
                ranges={find.rangesOf(row)}
                difference={comparison?.parts.get(segment.id)}
                mainLanguage={job.language}
                channelBegins={segment.channel !== (segments[row - 1]?.channel ?? null)}
                editing={segment.id === editingId}
                writable={writable}
                save={edits.save}
                restore={edits.restore}
                onEdit={setEditingId}
              />
            )}
          />
          <div className={classes.legend}>
            <mark className={rows.doubtful}>Shaded words</mark> were recognised with little confidence.{' '}
            <span className={classes.keys}>
              Space plays, arrows seek, <kbd>E</kbd> edits, <kbd>{commandKey}F</kbd> finds.
            </span>
          </div>
        </section>
        <div className={page.side}>
          <CoveragePanel id={job.id} facts={facts} writable={writable} onSeek={seekTo} />
          <ExportsPanel facts={facts} />
          <LanguagesPanel facts={facts} />
          <RunsPanel facts={facts} compared={compared} onCompare={(id) => void setCompared(id)} />
        </div>
      </div>
    </>
  );
}

/** Goes once to the place that the address names (`?t=` in seconds), as soon as there is text for it. */
function useLinkedPlace(id: string, segments: readonly Segment[], go: (seconds: number, row: number) => void): void {
  const [seconds] = useQueryState('t', parseAsFloat);
  const gone = useRef<string>(undefined);
  useEffect(() => {
    const place = `${id} ${seconds}`;
    if (seconds === null || segments.length === 0 || gone.current === place) return;
    gone.current = place;
    go(seconds, Math.max(0, lastBegunAt(segments, seconds)));
  }, [id, seconds, segments, go]);
}
