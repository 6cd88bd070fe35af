import { ActionIcon } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { notifications } from '@mantine/notifications';
import type { Segment } from '../job/job-state';
import { formatLanguage } from '../ui/format';
import type { DiffPart } from './compare-runs';
import type { Playback } from './playback';
import { SegmentEditor } from './segment-editor';
import { SegmentHistory } from './segment-history';
import type { TextRange } from './segment-parts';
import { SegmentRow } from './segment-row';
import classes from './transcript.module.css';
import type { Edits } from './use-edits';

interface TranscriptLineProps {
  readonly segment: Segment;
  readonly heard: boolean;
  readonly playback: Playback;
  readonly ranges: readonly TextRange[] | undefined;
  readonly difference: readonly DiffPart[] | undefined;
  /** A line in another language says so. */
  readonly mainLanguage: string | null;
  readonly editing: boolean;
  readonly writable: boolean;
  readonly edits: Edits;
  readonly onEdit: (id: string | undefined) => void;
}

function DifferenceText({ parts }: { parts: readonly DiffPart[] }) {
  return (
    <p className={classes.text}>
      {parts.map(({ text, side }, index) => {
        if (side === 'both') return `${text} `;
        return side === 'ours' ? (
          <del key={index} className={classes.ours}>{`${text} `}</del>
        ) : (
          <ins key={index} className={classes.theirs}>{`${text} `}</ins>
        );
      })}
    </p>
  );
}

function LineAside(props: TranscriptLineProps) {
  const { segment, mainLanguage, writable, edits, onEdit } = props;
  const restore = async (revision: number) => {
    const result = await edits.restore(segment, revision);
    if (result.kind !== 'saved')
      notifications.show({ id: 'cannot-restore', color: 'red', title: 'Not restored', message: result.message });
  };
  return (
    <div className={classes.aside}>
      {segment.language === null || segment.language === mainLanguage ? null : (
        <span className={classes.tag}>{formatLanguage(segment.language)}</span>
      )}
      {segment.revision > 1 ? (
        <SegmentHistory segment={segment} onRestore={writable ? (revision) => void restore(revision) : undefined} />
      ) : null}
      {writable ? (
        <ActionIcon
          className={classes.editButton}
          variant="subtle"
          size={26}
          aria-label="Edit this line"
          onClick={() => onEdit(segment.id)}
        >
          <IconPencil size={15} aria-hidden />
        </ActionIcon>
      ) : null}
    </div>
  );
}

/** One line of the transcript's page: its words, its editor, or how it differs from another run. */
export function TranscriptLine(props: TranscriptLineProps) {
  const { segment, heard, playback, ranges, difference, editing, edits, onEdit } = props;
  const body = editing ? (
    <SegmentEditor
      segment={segment}
      onSave={(text, revision) => edits.save(segment, text, revision)}
      onClose={() => onEdit(undefined)}
    />
  ) : difference === undefined ? undefined : (
    <DifferenceText parts={difference} />
  );
  return (
    <div className={classes.line} data-channel={segment.channel ?? undefined}>
      {segment.channel === null ? null : <span className={classes.channel}>Channel {segment.channel + 1}</span>}
      <SegmentRow
        segment={segment}
        heard={heard}
        playback={playback}
        ranges={ranges}
        aside={editing ? null : <LineAside {...props} />}
      >
        {body}
      </SegmentRow>
    </div>
  );
}
