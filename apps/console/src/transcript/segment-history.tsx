'use client';

import { Button, Popover, Skeleton } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import type { SegmentHistoryQuery } from '../gql/graphql';
import type { Segment } from '../job/job-state';
import { formatDate } from '../ui/format';
import { SegmentHistoryDocument } from './transcript-documents';
import classes from './segment-editor.module.css';
import rows from './segment-row.module.css';

type HistoryNode = Extract<NonNullable<SegmentHistoryQuery['node']>, { revisions: unknown }>;
type Revision = HistoryNode['revisions'][number];

interface SegmentHistoryProps {
  readonly segment: Segment;
  /** Undefined for readers who may not write. */
  readonly onRestore: ((revision: number) => void) | undefined;
}

function useRevisions({ id, revision }: Segment): readonly Revision[] | undefined {
  const client = useClient();
  const [revisions, setRevisions] = useState<readonly Revision[]>();
  useEffect(() => {
    let current = true;
    const load = async () => {
      const { data } = await client.query(SegmentHistoryDocument, { id }).toPromise();
      if (current && data?.node && 'revisions' in data.node) setRevisions(data.node.revisions);
    };
    void load();
    return () => {
      current = false;
    };
  }, [client, id, revision]);
  return revisions;
}

function Revisions({ segment, onRestore }: SegmentHistoryProps) {
  const revisions = useRevisions(segment);
  if (revisions === undefined) return <Skeleton height={60} />;
  return (
    <ol className={classes.revisions}>
      {revisions.toReversed().map(({ revision, text, editedAt, editedBy }) => (
        <li key={revision}>
          <div className={classes.revisionHead}>
            {editedAt === null
              ? 'As it was heard'
              : `${formatDate(new Date(editedAt))}${editedBy === null ? '' : `, ${editedBy}`}`}
            {revision === segment.revision ? ' · now' : null}
          </div>
          <p>{text}</p>
          {revision === segment.revision || onRestore === undefined ? null : (
            <Button size="compact-xs" variant="default" onClick={() => onRestore(revision)}>
              Restore this text
            </Button>
          )}
        </li>
      ))}
    </ol>
  );
}

/** Marks a line that a person changed, and shows every text that it had. */
export function SegmentHistory(props: SegmentHistoryProps) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-start"
      width={320}
      withinPortal
      portalProps={{ target: '#content' }}
      trapFocus
    >
      <Popover.Target>
        <button
          type="button"
          className={rows.edited}
          onClick={() => setOpened((shown) => !shown)}
          aria-expanded={opened}
          // The history is named by it.
          aria-label="edited, history of this line"
        >
          edited
        </button>
      </Popover.Target>
      <Popover.Dropdown>{opened ? <Revisions {...props} /> : null}</Popover.Dropdown>
    </Popover>
  );
}
