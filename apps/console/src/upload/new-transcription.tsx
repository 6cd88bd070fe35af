'use client';

import { Button, Text, Title } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useSession } from '../api/session-context';
import { allows } from '../shell/pages';
import { MessageState } from '../shell/message-state';
import { formatBytes } from '../ui/format';
import { ChooseRecordings } from './choose-recordings';
import { useUploads } from './upload-context';
import { UploadList } from './upload-list';
import { UploadOptions } from './upload-options';
import classes from './upload.module.css';

function DropZone() {
  const { limits } = useSession();
  return (
    <section className={classes.zone} aria-label="Recordings">
      <IconUpload size={26} stroke={1.6} aria-hidden className={classes.zoneIcon} />
      <Text fw={500}>Drop recordings anywhere on this page</Text>
      <Text size="sm" c="dimmed" maw={400}>
        Audio or video, as many as you like, up to {formatBytes(limits.maxFileBytes)} each. A lost connection goes on
        where it stopped.
      </Text>
      <ChooseRecordings mt={6} />
    </section>
  );
}

/** Where recordings come in: files on one side, what shall be done with them on the other. */
export function NewTranscription() {
  const { viewer } = useSession();
  const { options, setOptions } = useUploads();
  if (!allows(viewer.scope, 'WRITE'))
    return (
      <MessageState
        title="Your key may only read"
        text="Ask an administrator for a key that may write, to transcribe recordings."
        linkLabel="To the jobs"
        linkHref="/jobs"
      />
    );
  const changed = Object.values(options).some((value) => value !== undefined && value !== null);
  return (
    <>
      <Title order={1} size="h3">
        New transcription
      </Title>
      <div className={classes.newColumns}>
        <div className={classes.newFiles}>
          <DropZone />
          <UploadList />
        </div>
        <section className={classes.panel} aria-labelledby="options-title">
          <div className={classes.listHead}>
            <Text id="options-title" component="h2" size="sm" fw={600}>
              Options
            </Text>
            {changed ? (
              <Button variant="subtle" size="compact-sm" onClick={() => setOptions({})}>
                Reset
              </Button>
            ) : (
              <Text size="xs" c="dimmed">
                for files added from now on
              </Text>
            )}
          </div>
          <UploadOptions detailed />
        </section>
      </div>
    </>
  );
}
