'use client';

import { Button, Stack } from '@mantine/core';
import Link from 'next/link';
import { useSession } from '../api/session-context';
import { MessageState } from '../shell/message-state';
import { EmptyState } from '../ui/empty-state';
import { FactList } from '../ui/fact-list';
import { formatAge, formatDate } from '../ui/format';
import { LoadingRows } from '../ui/loading-rows';
import { PageHead } from '../ui/page-head';
import { ProblemAlert } from '../ui/problem-alert';
import { useNow } from '../ui/use-now';
import table from '../ui/data-table.module.css';
import { describeAction, type AuditEntry, type AuditTarget } from './audit-entries';
import classes from './audit.module.css';
import { useAuditTargets } from './use-audit-targets';
import { useAuditLog } from './use-audit-log';

function EntryDetails({ entry }: { readonly entry: AuditEntry }) {
  return (
    <details className={classes.details}>
      <summary>{entry.details.length === 0 ? 'Request' : entry.details.map(({ name }) => name).join(', ')}</summary>
      <FactList
        size="small"
        facts={[...entry.details.map(({ name, value }) => [name, value] as const), ['request', entry.requestId]]}
      />
    </details>
  );
}

function TargetName({ id, target }: { readonly id: string | null; readonly target: AuditTarget | undefined }) {
  if (id === null) return '–';
  if (target === undefined)
    return (
      <span className={`${table.code} ${classes.id}`} title={id}>
        {id}
      </span>
    );
  const { kind, name, href } = target;
  return (
    <span title={id} className={classes.target}>
      {name === undefined ? null : <span className={table.quiet}>{kind}</span>}
      {href === undefined ? (
        <span className={classes.name}>{name ?? kind}</span>
      ) : (
        <Link href={href}>{name ?? kind}</Link>
      )}
    </span>
  );
}

function AuditTable({ entries }: { readonly entries: readonly AuditEntry[] }) {
  const now = useNow(15);
  const targets = useAuditTargets(entries);
  return (
    <table className={table.table} aria-label="Audit log">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">What</th>
          <th scope="col">On</th>
          <th scope="col">Details</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => {
          const at = new Date(entry.at);
          return (
            <tr key={entry.id}>
              <td title={formatDate(at)} className={table.tight}>
                <time dateTime={entry.at}>{formatAge(at, now)}</time>
              </td>
              <td className={classes.who}>{entry.actor}</td>
              <td className={table.tight}>
                <span className={table.name}>{describeAction(entry.action)}</span>
              </td>
              <td>
                <TargetName id={entry.target} target={targets.get(entry.target ?? '')} />
              </td>
              <td>
                <EntryDetails entry={entry} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function AuditView() {
  const { viewer } = useSession();
  const allowed = viewer.scope === 'ADMIN';
  const { entries, hasMore, loadingMore, problem, reload, loadMore } = useAuditLog(allowed);
  if (!allowed)
    return (
      <MessageState
        title="The audit log is for administrators"
        text="You are signed in without the right to read it. Ask for a link or a key of an administrator."
        linkLabel="All jobs"
        linkHref="/jobs"
      />
    );
  return (
    <Stack gap="md">
      <PageHead title="Audit log" note="Every change, newest first. Kept for a year." />
      {problem === undefined ? null : (
        <ProblemAlert title="The log could not be loaded" message={problem} onRetry={reload} />
      )}
      <div className={table.panel}>
        {entries === undefined ? (
          problem === undefined ? (
            <LoadingRows label="Loading the log" count={8} />
          ) : null
        ) : entries.length === 0 ? (
          <EmptyState
            title="Nothing was changed yet"
            text="What people and programs change appears here, with who did it."
          />
        ) : (
          <AuditTable entries={entries} />
        )}
        {hasMore ? (
          <div className={table.more}>
            <Button variant="subtle" size="sm" loading={loadingMore} onClick={loadMore}>
              Load older entries
            </Button>
          </div>
        ) : null}
      </div>
    </Stack>
  );
}
