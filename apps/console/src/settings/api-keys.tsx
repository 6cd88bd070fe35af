'use client';

import { Button, NativeSelect, TextInput, VisuallyHidden } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useCommand } from '../api/use-command';
import { useLiveQuery } from '../api/use-live-query';
import type { ApiKeyScope, ApiKeysQuery } from '../gql/graphql';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { EmptyState } from '../ui/empty-state';
import { formatAge, formatDate } from '../ui/format';
import { LoadingRows } from '../ui/loading-rows';
import { ProblemAlert } from '../ui/problem-alert';
import { ToneLabel } from '../ui/tone-label';
import { useNow } from '../ui/use-now';
import table from '../ui/data-table.module.css';
import { ApiKeysDocument, CreateApiKeyDocument, RevokeApiKeyDocument } from './settings-documents';
import classes from './settings.module.css';
import { RotateKey } from './rotate-key';
import { ShownOnce } from './shown-once';

type ApiKey = ApiKeysQuery['apiKeys'][number];

const SCOPES: readonly { readonly value: ApiKeyScope; readonly label: string }[] = [
  { value: 'READ', label: 'Read: see everything' },
  { value: 'WRITE', label: 'Write: also transcribe and change jobs' },
  { value: 'ADMIN', label: 'Administrator: everything' },
];

const NEVER = '';
const LIFETIMES = [
  { value: NEVER, label: 'Never' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
];

const DAY_MILLISECONDS = 86_400_000;
const REFRESH_SECONDS = 30;

interface NewKey {
  readonly name: string;
  readonly secret: string;
}

function CreateKeyForm({ onCreated }: { readonly onCreated: (key: NewKey) => void }) {
  const command = useCommand();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<ApiKeyScope>('WRITE');
  const [lifetimeDays, setLifetimeDays] = useState(NEVER);
  const [busy, setBusy] = useState(false);
  const create = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const expiresAt =
      lifetimeDays === NEVER ? null : new Date(Date.now() + Number(lifetimeDays) * DAY_MILLISECONDS).toISOString();
    const done = await command('Not created', CreateApiKeyDocument, { input: { name: name.trim(), scope, expiresAt } });
    setBusy(false);
    if (done === undefined) return;
    setName('');
    onCreated({ name: done.apiKey.name, secret: done.secret });
  };
  return (
    <form className={classes.form} onSubmit={(event) => void create(event)} aria-label="New key">
      <TextInput
        className={classes.field}
        label="Name"
        placeholder="What uses it"
        required
        withAsterisk={false}
        value={name}
        onChange={({ currentTarget: { value } }) => setName(value)}
      />
      <NativeSelect
        className={classes.field}
        label="Allowed"
        data={[...SCOPES]}
        value={scope}
        onChange={({ currentTarget: { value } }) => setScope(value as ApiKeyScope)}
      />
      <NativeSelect
        className={classes.field}
        label="Expires"
        data={LIFETIMES}
        value={lifetimeDays}
        onChange={({ currentTarget: { value } }) => setLifetimeDays(value)}
      />
      <Button type="submit" loading={busy} disabled={name.trim() === ''}>
        Create a key
      </Button>
    </form>
  );
}

function KeyState({ apiKey, now }: { readonly apiKey: ApiKey; readonly now: Date }) {
  const { revokedAt, expiresAt } = apiKey;
  if (revokedAt !== null) return <ToneLabel tone="idle">Revoked</ToneLabel>;
  if (expiresAt === null) return <ToneLabel tone="done">Valid</ToneLabel>;
  const expires = new Date(expiresAt);
  if (expires <= now) return <ToneLabel tone="idle">Expired</ToneLabel>;
  return (
    <>
      <ToneLabel tone="done">Valid</ToneLabel>
      <div className={table.quiet}>until {formatDate(expires)}</div>
    </>
  );
}

interface KeysTableProps {
  readonly keys: readonly ApiKey[];
  readonly onRevoke: (key: ApiKey) => void;
  readonly onRotated: (key: NewKey) => void;
}

const isValid = ({ revokedAt, expiresAt }: ApiKey, now: Date): boolean =>
  revokedAt === null && (expiresAt === null || new Date(expiresAt) > now);

function KeysTable({ keys, onRevoke, onRotated }: KeysTableProps) {
  const now = useNow(30);
  return (
    <table className={table.table} aria-label="API keys">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Begins with</th>
          <th scope="col">Allowed</th>
          <th scope="col">State</th>
          <th scope="col">Last used</th>
          <th scope="col">Created</th>
          <th scope="col">
            <VisuallyHidden>Actions</VisuallyHidden>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <td>
              <span className={table.name}>{key.name}</span>
            </td>
            <td data-name="Begins with">
              <span className={table.code}>{key.prefix}</span>
            </td>
            <td data-name="Allowed" className={table.tight}>
              {key.scope.toLowerCase()}
            </td>
            <td>
              <KeyState apiKey={key} now={now} />
            </td>
            <td data-name="Last used" className={table.tight}>
              {key.lastUsedAt === null ? 'never' : formatAge(new Date(key.lastUsedAt), now)}
            </td>
            <td data-name="Created" className={table.tight}>
              {formatAge(new Date(key.createdAt), now)}
            </td>
            <td className={`${table.end} ${table.actions}`}>
              {isValid(key, now) ? <RotateKey apiKey={key} onRotated={onRotated} /> : null}{' '}
              {key.revokedAt === null ? (
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={`Revoke ${key.name}`}
                  onClick={() => onRevoke(key)}
                >
                  Revoke
                </Button>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function ApiKeys() {
  const { data, problem, reload } = useLiveQuery({
    document: ApiKeysDocument,
    variables: {},
    renewedBy: [],
    everySeconds: REFRESH_SECONDS,
  });
  const command = useCommand();
  const [created, setCreated] = useState<NewKey>();
  const [revoking, setRevoking] = useState<ApiKey>();
  const [asking, setAsking] = useState(false);
  // Those that open something come first; within them the newest.
  const keys = data?.apiKeys.toSorted(
    (left, right) =>
      Number(left.revokedAt !== null) - Number(right.revokedAt !== null) ||
      right.createdAt.localeCompare(left.createdAt),
  );
  const show = (key: NewKey) => {
    setCreated(key);
    reload();
  };
  const revoke = async () => {
    if (revoking === undefined) return;
    if ((await command('Not revoked', RevokeApiKeyDocument, { id: revoking.id })) !== undefined) reload();
  };
  return (
    <>
      {problem === undefined ? null : (
        <ProblemAlert title="The keys could not be loaded" message={problem} onRetry={reload} />
      )}
      {created === undefined ? null : (
        <ShownOnce title={`The key "${created.name}"`} secret={created.secret} onDone={() => setCreated(undefined)} />
      )}
      <div className={table.panel}>
        <CreateKeyForm onCreated={show} />
        {keys === undefined ? (
          problem === undefined ? (
            <LoadingRows label="Loading the keys" />
          ) : null
        ) : keys.length === 0 ? (
          <EmptyState title="No keys yet" text="A program needs a key to use the API. People sign in by a link." />
        ) : (
          <KeysTable
            keys={keys}
            onRotated={show}
            onRevoke={(key) => {
              setRevoking(key);
              setAsking(true);
            }}
          />
        )}
      </div>
      <ConfirmDialog
        title="Revoke this key?"
        confirmLabel="Revoke"
        keepLabel="Keep it"
        opened={asking}
        onClose={() => setAsking(false)}
        onConfirm={revoke}
      >
        Whatever uses <strong>{revoking?.name}</strong> is refused from now on. This cannot be undone.
      </ConfirmDialog>
    </>
  );
}
