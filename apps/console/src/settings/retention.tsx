'use client';

import { Button, NumberInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type FormEvent } from 'react';
import { useCommand } from '../api/use-command';
import { useLiveQuery } from '../api/use-live-query';
import type { RetentionQuery } from '../gql/graphql';
import { Panel } from '../job/panel';
import { LoadingRows } from '../ui/loading-rows';
import { ProblemAlert } from '../ui/problem-alert';
import { RetentionDocument, UpdateRetentionDocument } from './settings-documents';
import classes from './settings.module.css';

const REFRESH_SECONDS = 60;
const DAYS_MAX = 36_500;

type Days = number | '';

const toDays = (value: string | number): Days => (typeof value === 'number' ? value : '');

interface RetentionFormProps {
  readonly settings: RetentionQuery['settings'];
  readonly onSaved: () => void;
}

function RetentionForm({ settings, onSaved }: RetentionFormProps) {
  const command = useCommand();
  const [media, setMedia] = useState<Days>(settings.keepMediaDays ?? '');
  const [transcripts, setTranscripts] = useState<Days>(settings.keepTranscriptsDays ?? '');
  const [busy, setBusy] = useState(false);
  const unchanged = media === (settings.keepMediaDays ?? '') && transcripts === (settings.keepTranscriptsDays ?? '');
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const input = {
      keepMediaDays: media === '' ? null : media,
      keepTranscriptsDays: transcripts === '' ? null : transcripts,
    };
    const done = await command('Not saved', UpdateRetentionDocument, { input });
    setBusy(false);
    if (done === undefined) return;
    notifications.show({ color: 'accent', title: 'Saved', message: 'It holds from the next cleaning on.' });
    onSaved();
  };
  return (
    <form className={classes.fields} onSubmit={(event) => void save(event)}>
      <NumberInput
        label="Keep recordings, days"
        description="Then the sound is deleted; the transcript stays."
        placeholder="For ever"
        min={1}
        max={DAYS_MAX}
        allowDecimal={false}
        value={media}
        onChange={(value) => setMedia(toDays(value))}
      />
      <NumberInput
        label="Keep transcripts, days"
        description="Then the whole job is deleted."
        placeholder="For ever"
        min={1}
        max={DAYS_MAX}
        allowDecimal={false}
        value={transcripts}
        onChange={(value) => setTranscripts(toDays(value))}
      />
      <div className={classes.full}>
        <Button type="submit" size="sm" loading={busy} disabled={unchanged}>
          Save
        </Button>
      </div>
    </form>
  );
}

/** How long recordings and transcripts stay, counted from the end of a job. */
export function Retention() {
  const { data, problem, reload } = useLiveQuery({
    document: RetentionDocument,
    variables: {},
    renewedBy: [],
    everySeconds: REFRESH_SECONDS,
  });
  return (
    <>
      {problem === undefined ? null : (
        <ProblemAlert title="The settings could not be loaded" message={problem} onRetry={reload} />
      )}
      <Panel title="Retention">
        {data === undefined ? (
          problem === undefined ? (
            <LoadingRows label="Loading the settings" count={2} />
          ) : null
        ) : (
          <RetentionForm
            key={`${data.settings.keepMediaDays}-${data.settings.keepTranscriptsDays}`}
            settings={data.settings}
            onSaved={reload}
          />
        )}
      </Panel>
    </>
  );
}
