'use client';

import { Button, VisuallyHidden } from '@mantine/core';
import { useSession } from '../api/session-context';
import { useSystem } from '../system/system-context';
import { formatBytes } from '../ui/format';
import { ToneLabel } from '../ui/tone-label';
import table from '../ui/data-table.module.css';
import { isActive, languagesOf, type CatalogueModel } from './model-list';
import { ModelMenu } from './model-menu';
import classes from './models.module.css';
import { PullProgress } from './pull-progress';
import type { ModelCommands } from './use-model-commands';

function StateCell({ model, commands }: { readonly model: CatalogueModel; readonly commands: ModelCommands }) {
  const { viewer } = useSession();
  const { installed, pull, loadedOn, official, name } = model;
  const failure = pull?.state === 'FAILED' ? (pull.error?.message ?? 'The last pull failed.') : undefined;
  if (isActive(pull)) return <PullProgress pull={pull} />;
  if (installed) {
    const bytes = loadedOn.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
    return loadedOn.length === 0 ? (
      <ToneLabel tone="done">Installed</ToneLabel>
    ) : (
      <>
        <ToneLabel tone="running">In memory</ToneLabel>
        <div className={`${classes.quiet} numeric`}>
          {formatBytes(bytes)} on {[...new Set(loadedOn.map(({ worker }) => worker.host))].join(', ')}
        </div>
      </>
    );
  }
  return (
    <>
      {failure === undefined ? null : <div className={classes.bad}>{failure}</div>}
      {viewer.scope === 'ADMIN' && official ? (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={`${failure !== undefined ? 'Go on pulling' : 'Pull'} ${name}`}
          onClick={() => void commands.pull(name)}
        >
          {failure !== undefined ? 'Go on' : 'Pull'}
        </Button>
      ) : (
        <ToneLabel tone="idle">Not installed</ToneLabel>
      )}
    </>
  );
}

/** Of the machine with most room: a job goes where it fits. */
function useMemoryBytes(): number | undefined {
  const { samples } = useSystem();
  const totals = Object.values(samples).flatMap((series) => series.at(-1)?.memoryBytesTotal ?? []);
  return totals.length === 0 ? undefined : Math.max(...totals);
}

interface ModelTableProps {
  readonly models: readonly CatalogueModel[];
  readonly commands: ModelCommands;
}

export function ModelTable({ models, commands }: ModelTableProps) {
  const memoryBytes = useMemoryBytes();
  return (
    <table className={table.table} aria-label="Models">
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col" className={table.end}>
            File
          </th>
          <th scope="col" className={table.end}>
            Memory needed
          </th>
          <th scope="col">Languages</th>
          <th scope="col">Licence</th>
          <th scope="col">State</th>
          <th scope="col">
            <VisuallyHidden>Actions</VisuallyHidden>
          </th>
        </tr>
      </thead>
      <tbody>
        {models.map((model) => (
          <tr key={model.id}>
            <td>
              <span className={table.name}>{model.name}</span>
              {model.default ? <span className={table.tag}>default</span> : null}
              {model.embedded ? <span className={table.tag}>comes with the product</span> : null}
              {model.official ? null : <span className={table.tag}>imported</span>}
            </td>
            <td className={`${table.end} numeric`} data-name="File">
              {formatBytes(model.fileBytes)}
            </td>
            <td className={`${table.end} numeric`} data-name="Memory">
              {formatBytes(model.memoryBytesNeeded)}
              {memoryBytes !== undefined && model.memoryBytesNeeded > memoryBytes ? (
                <div className={classes.bad}>more than {formatBytes(memoryBytes)} here</div>
              ) : null}
            </td>
            <td data-name="Languages">{languagesOf(model)}</td>
            <td data-name="Licence">{model.licence}</td>
            <td>
              <StateCell model={model} commands={commands} />
            </td>
            <td className={`${table.end} ${table.actions}`}>
              <ModelMenu model={model} commands={commands} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
