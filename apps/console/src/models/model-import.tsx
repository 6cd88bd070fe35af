'use client';

import { Button, FileButton, Progress } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconFileImport } from '@tabler/icons-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useApiUrl } from '../api/api-context';
import { ProblemAlert } from '../ui/problem-alert';
import { formatBytes, formatPercent } from '../ui/format';
import { importModel } from './import-model';
import classes from './import.module.css';

interface Importing {
  readonly file: File;
  readonly fraction: number;
  readonly controller: AbortController;
}

interface ModelImport {
  readonly busy: boolean;
  readonly start: (file: File) => void;
  /** Progress or refusal of the present import; nothing otherwise. */
  readonly panel: ReactNode;
}

/** One import at a time; leaving the page ends it. */
export function useModelImport(onImported: () => void): ModelImport {
  const apiUrl = useApiUrl();
  const [importing, setImporting] = useState<Importing>();
  const [refusal, setRefusal] = useState<string>();
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);

  const run = async (file: File) => {
    const own = new AbortController();
    controller.current = own;
    setRefusal(undefined);
    setImporting({ file, fraction: 0, controller: own });
    const outcome = await importModel({
      apiUrl,
      file,
      signal: own.signal,
      onProgress: (fraction) => setImporting({ file, fraction, controller: own }),
    });
    setImporting(undefined);
    if (outcome.kind === 'refused') setRefusal(outcome.message);
    if (outcome.kind !== 'imported') return;
    notifications.show({ color: 'accent', title: `${outcome.name} is imported`, message: 'It can be used at once.' });
    onImported();
  };

  const panel = (
    <>
      {importing === undefined ? null : <ImportProgress {...importing} />}
      {refusal === undefined ? null : <ProblemAlert title="The model was not imported" message={refusal} />}
    </>
  );
  return { busy: importing !== undefined, start: (file) => void run(file), panel };
}

function ImportProgress({ file, fraction, controller }: Importing) {
  return (
    <section className={classes.panel} aria-label="Import">
      <div className={classes.line}>
        <span className={classes.name}>{file.name}</span>
        <span className={`${classes.quiet} numeric`}>
          {fraction >= 1
            ? 'Sent. The server reads and checks it.'
            : `${formatPercent(fraction)} of ${formatBytes(file.size)}`}
        </span>
        <Button variant="default" size="compact-sm" onClick={() => controller.abort()}>
          Cancel
        </Button>
      </div>
      <Progress.Root size={6} className={classes.track}>
        <Progress.Section value={fraction * 100} aria-label={`Sending ${file.name}`} />
      </Progress.Root>
    </section>
  );
}

export function ImportButton({ busy, start }: Pick<ModelImport, 'busy' | 'start'>) {
  return (
    <FileButton onChange={(file) => file !== null && start(file)} accept=".bin" inputProps={{ 'aria-label': 'Model file' }}>
      {(props) => (
        <Button {...props} variant="default" size="sm" disabled={busy} leftSection={<IconFileImport size={16} aria-hidden />}>
          Import a file
        </Button>
      )}
    </FileButton>
  );
}
