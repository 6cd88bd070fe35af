'use client';

import { Button, Text } from '@mantine/core';
import { IconAdjustmentsHorizontal, IconUpload } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useSession } from '../api/session-context';
import { formatBytes } from '../ui/format';
import { ChooseRecordings } from './choose-recordings';
import { useUploads } from './upload-context';
import { UploadOptions } from './upload-options';
import classes from './upload.module.css';

/** Where a transcription begins: choose or drop files, with the options folded away. */
export function UploadPanel() {
  const { options } = useUploads();
  const { limits, viewer } = useSession();
  const [open, setOpen] = useState(false);
  const optionsId = useId();
  if (viewer.scope === 'READ') return null;
  const changed = Object.values(options).filter((value) => value !== undefined && value !== null).length;

  return (
    <section className={classes.panel} aria-label="New transcription">
      <div className={classes.invitation}>
        <div className={classes.invitationText}>
          <Text fw={500}>Transcribe a recording</Text>
          <Text size="sm" c="dimmed">
            Drop audio or video files anywhere on the page, up to {formatBytes(limits.maxFileBytes)} each.
          </Text>
        </div>
        <Button
          variant="default"
          leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden />}
          aria-expanded={open}
          aria-controls={optionsId}
          onClick={() => setOpen((current) => !current)}
        >
          Options{changed > 0 ? ` (${changed})` : ''}
        </Button>
        <ChooseRecordings leftSection={<IconUpload size={16} aria-hidden />} />
      </div>
      <div id={optionsId} hidden={!open}>
        {open ? <UploadOptions /> : null}
      </div>
    </section>
  );
}
