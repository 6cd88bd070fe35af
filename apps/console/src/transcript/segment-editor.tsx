'use client';

import { Button, Group, Textarea } from '@mantine/core';
import { useState, type KeyboardEvent } from 'react';
import type { Segment } from '../job/job-state';
import classes from './segment-editor.module.css';
import type { EditResult } from './use-edits';

interface SegmentEditorProps {
  readonly segment: Segment;
  readonly onSave: (text: string, revision: number) => Promise<EditResult>;
  readonly onClose: () => void;
}

/** The text of one line, in its place. Enter saves, Escape leaves it as it was. */
export function SegmentEditor({ segment, onSave, onClose }: SegmentEditorProps) {
  const [text, setText] = useState(segment.text.trim());
  const [revision, setRevision] = useState(segment.revision);
  const [problem, setProblem] = useState<string>();
  const [theirs, setTheirs] = useState<Segment>();
  const [busy, setBusy] = useState(false);

  const save = async () => {
    if (busy) return;
    if (text.trim() === segment.text.trim() && revision === segment.revision) return onClose();
    setBusy(true);
    const result = await onSave(text, revision);
    setBusy(false);
    if (result.kind === 'saved') return onClose();
    setProblem(result.message);
    if (result.kind === 'conflict') {
      setTheirs(result.theirs);
      setRevision(result.theirs.revision);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      void save();
    }
  };

  return (
    <div className={classes.editor}>
      <Textarea
        aria-label="Text of this line"
        autosize
        data-autofocus
        autoFocus
        value={text}
        onFocus={({ currentTarget }) =>
          currentTarget.setSelectionRange(currentTarget.value.length, currentTarget.value.length)
        }
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={onKeyDown}
        error={theirs === undefined ? problem : undefined}
      />
      {theirs === undefined ? null : (
        <div className={classes.conflict} role="alert">
          <strong>Changed by somebody else meanwhile</strong>
          <q>{theirs.text}</q>
          <span>Save to put your text in its place, or take theirs.</span>
        </div>
      )}
      <Group gap={8} mt={6}>
        <Button size="compact-sm" loading={busy} disabled={text.trim() === ''} onClick={() => void save()}>
          {theirs === undefined ? 'Save' : 'Save mine'}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {theirs === undefined ? 'Cancel' : 'Take theirs'}
        </Button>
        <span className={classes.hint}>Enter saves, Esc leaves</span>
      </Group>
    </div>
  );
}
