'use client';

import { Button, Text } from '@mantine/core';
import { useUploads } from './upload-context';
import { UploadRow } from './upload-row';
import { isSettled } from './upload-queue';
import classes from './upload.module.css';

function headline(underWay: number, settled: number): string {
  if (underWay === 0) return settled === 1 ? '1 upload' : `${settled} uploads`;
  return underWay === 1 ? 'Uploading 1 file' : `Uploading ${underWay} files`;
}

/** The files of this visit, each with its progress or with what became of it. Not shown when there are none. */
export function UploadList() {
  const { items, dismissSettled } = useUploads();
  if (items.length === 0) return null;
  const settled = items.filter(isSettled).length;
  return (
    <section className={classes.panel} aria-label="Uploads">
      <div className={classes.listHead}>
        <Text size="sm" fw={600} role="status">
          {headline(items.length - settled, settled)}
        </Text>
        {settled > 0 ? (
          <Button variant="subtle" size="compact-sm" onClick={dismissSettled}>
            Clear finished
          </Button>
        ) : null}
      </div>
      <ul className={classes.list}>
        {items.map((item) => (
          <UploadRow key={item.key} item={item} />
        ))}
      </ul>
    </section>
  );
}
