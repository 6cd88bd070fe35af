import { ActionIcon } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import type { RefObject } from 'react';
import { FindBar } from './find-bar';
import classes from './transcript-panel.module.css';
import type { Edits } from './use-edits';
import type { Find } from './use-find';

interface TranscriptToolbarProps {
  readonly edits: Edits;
  readonly find: Find;
  readonly findField: RefObject<HTMLInputElement | null>;
  readonly writable: boolean;
}

/** What can be done with the text as a whole. */
export function TranscriptToolbar({ edits, find, findField, writable }: TranscriptToolbarProps) {
  return (
    <div className={classes.head}>
      <h2 id="transcript-title" className={classes.title}>
        Transcript
      </h2>
      {writable ? (
        <div className={classes.tools}>
          <ActionIcon
            variant="default"
            size={30}
            aria-label="Undo the last edit"
            disabled={!edits.canUndo}
            onClick={() => void edits.undo()}
          >
            <IconArrowBackUp size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size={30}
            aria-label="Redo the edit"
            disabled={!edits.canRedo}
            onClick={() => void edits.redo()}
          >
            <IconArrowForwardUp size={16} aria-hidden />
          </ActionIcon>
        </div>
      ) : null}
      <FindBar find={find} field={findField} />
    </div>
  );
}
