import { ActionIcon } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPencil } from '@tabler/icons-react';
import { memo, useEffect, useRef } from 'react';
import type { Segment } from '../job/job-state';
import { formatLanguage } from '../ui/format';
import type { DiffPart } from './compare-runs';
import comparison from './comparison.module.css';
import type { Playback } from './playback';
import { SegmentEditor } from './segment-editor';
import { SegmentHistory } from './segment-history';
import type { TextRange } from './segment-parts';
import { SegmentRow } from './segment-row';
import classes from './segment-row.module.css';
import type { Edits } from './use-edits';

interface TranscriptLineProps {
  readonly segment: Segment;
  readonly heard: boolean;
  readonly playback: Playback;
  readonly ranges: readonly TextRange[] | undefined;
  readonly difference: readonly DiffPart[] | undefined;
  /** A line in another language says so. */
  readonly mainLanguage: string | null;
  /** Another channel than the line before it, or the first one. */
  readonly channelBegins: boolean;
  readonly editing: boolean;
  readonly writable: boolean;
  readonly save: Edits['save'];
  readonly restore: Edits['restore'];
  readonly onEdit: (id: string | undefined) => void;
}

function DifferenceText({ parts }: { parts: readonly DiffPart[] }) {
  return parts.map(({ text, side }, index) => {
    if (side === 'both') return `${text} `;
    return side === 'ours' ? (
      <del key={index} className={comparison.ours}>{`${text} `}</del>
    ) : (
      <ins key={index} className={comparison.theirs}>{`${text} `}</ins>
    );
  });
}

function LineMarks({ segment, mainLanguage, writable, restore }: TranscriptLineProps) {
  const foreign = segment.language !== null && segment.language !== mainLanguage ? segment.language : undefined;
  if (foreign === undefined && segment.revision === 1) return null;
  const restoreText = async (revision: number) => {
    const result = await restore(segment, revision);
    if (result.kind !== 'saved')
      notifications.show({ id: 'cannot-restore', color: 'red', title: 'Not restored', message: result.message });
  };
  return (
    <span className={classes.marks}>
      {foreign === undefined ? null : <span className={classes.tag}>{formatLanguage(foreign)}</span>}
      {segment.revision > 1 ? (
        <SegmentHistory segment={segment} onRestore={writable ? (revision) => void restoreText(revision) : undefined} />
      ) : null}
    </span>
  );
}

/** One line of the transcript's page: its words, its editor, or how it differs from another run. Drawn again only when one of its own facts changes. */
export const TranscriptLine = memo(function TranscriptLine(props: TranscriptLineProps) {
  const { segment, heard, playback, ranges, difference, channelBegins, editing, writable, save, onEdit } = props;
  const { id, channel } = segment;
  const line = useRef<HTMLDivElement>(null);
  const wasEditing = useRef(editing);
  // The editor takes the focus with it when it goes; the line keeps the place, and unlike its button leaves the space bar to the player.
  useEffect(() => {
    if (wasEditing.current && !editing && document.activeElement === document.body)
      line.current?.focus({ preventScroll: true });
    wasEditing.current = editing;
  }, [editing]);
  return (
    <div ref={line} tabIndex={-1} className={classes.line} data-channel={channel ?? undefined}>
      {channel !== null && channelBegins ? <span className={classes.channel}>Channel {channel + 1}</span> : null}
      <SegmentRow
        segment={segment}
        heard={heard}
        playback={playback}
        ranges={ranges}
        text={difference === undefined ? undefined : <DifferenceText parts={difference} />}
        marks={<LineMarks {...props} />}
        aside={
          writable && !editing ? (
            <ActionIcon
              className={classes.editButton}
              variant="subtle"
              size={26}
              aria-label="Edit this line"
              onClick={() => onEdit(id)}
            >
              <IconPencil size={15} aria-hidden />
            </ActionIcon>
          ) : null
        }
      >
        {editing ? (
          <SegmentEditor
            segment={segment}
            onSave={(text, revision) => save(segment, text, revision)}
            onClose={() => onEdit(undefined)}
          />
        ) : undefined}
      </SegmentRow>
    </div>
  );
});
