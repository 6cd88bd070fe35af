'use client';

import { Button, Progress, Text } from '@mantine/core';
import Link from 'next/link';
import { useEffect } from 'react';
import { formatBytes, formatPercent, formatSpan } from '../ui/format';
import { useUploads } from './upload-context';
import type { UploadItem } from './upload-queue';
import classes from './upload.module.css';

function sendingText({ file, sentBytes, resumedBytes = 0, startedAt }: UploadItem): string {
  if (sentBytes >= file.size) return 'Sent, being checked…';
  const seconds = startedAt === undefined ? 0 : (Date.now() - startedAt) / 1000;
  const bytesPerSecond = seconds > 1 ? (sentBytes - resumedBytes) / seconds : 0;
  const left = bytesPerSecond > 0 ? `, ${formatSpan((file.size - sentBytes) / bytesPerSecond)} left` : '';
  return `${formatPercent(sentBytes / file.size)} of ${formatBytes(file.size)}${left}`;
}

function describe(item: UploadItem): string {
  switch (item.state) {
    case 'waiting':
      return `Waiting, ${formatBytes(item.file.size)}`;
    case 'sending':
      return sendingText(item);
    case 'accepted':
      return item.existing === true ? 'This recording is known already with the same options' : 'Accepted';
    case 'refused':
      return item.problem?.message ?? 'Refused';
    case 'cancelled':
      return 'Cancelled';
  }
}

function UploadStatus({ item }: { item: UploadItem }) {
  if (item.state !== 'refused') {
    return (
      <Text size="sm" c="dimmed" className="numeric">
        {describe(item)}
      </Text>
    );
  }
  return (
    <Text size="sm" role="alert" className={classes.problem ?? ''}>
      {describe(item)}
    </Text>
  );
}

/** An accepted file has become a job, which the list shows: its row here has said what it had to say. */
const ACCEPTED_SHOWN_SECONDS = 8;

export function UploadRow({ item }: { item: UploadItem }) {
  const { cancel, retry, dismiss } = useUploads();
  const { key } = item;
  const leaves = item.state === 'accepted' && item.existing !== true;
  useEffect(() => {
    if (!leaves) return undefined;
    const timer = setTimeout(() => dismiss(key), ACCEPTED_SHOWN_SECONDS * 1000);
    return () => clearTimeout(timer);
  }, [leaves, key, dismiss]);
  const underWay = item.state === 'sending' || item.state === 'waiting';
  const fileName = item.file.name;
  return (
    <li className={classes.item}>
      <div style={{ minWidth: 0 }}>
        <div className={classes.filename} title={fileName}>
          {fileName}
        </div>
        <UploadStatus item={item} />
        {item.state === 'sending' ? (
          <Progress
            value={(100 * item.sentBytes) / Math.max(1, item.file.size)}
            size="xs"
            mt={6}
            aria-label={`Upload of ${fileName}`}
          />
        ) : null}
      </div>
      <div className={classes.actions}>
        {item.transcriptionId === undefined ? null : (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`Open ${fileName}`}
            onClick={() => dismiss(item.key)}
            renderRoot={(props) => <Link href={`/jobs/${encodeURIComponent(item.transcriptionId ?? '')}`} {...props} />}
          >
            Open
          </Button>
        )}
        {item.state === 'refused' || item.state === 'cancelled' ? (
          <Button variant="default" size="compact-sm" aria-label={`Retry ${fileName}`} onClick={() => retry(item.key)}>
            Retry
          </Button>
        ) : null}
        {underWay ? (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`Cancel the upload of ${fileName}`}
            onClick={() => cancel(item.key)}
          >
            Cancel
          </Button>
        ) : (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            aria-label={`Dismiss ${fileName}`}
            onClick={() => dismiss(item.key)}
          >
            Dismiss
          </Button>
        )}
      </div>
    </li>
  );
}
