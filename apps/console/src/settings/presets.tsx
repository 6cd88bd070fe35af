'use client';

import { Button, Group, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import { useCommand } from '../api/use-command';
import { useLiveQuery } from '../api/use-live-query';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { EmptyState } from '../ui/empty-state';
import { formatLanguage } from '../ui/format';
import { LoadingRows } from '../ui/loading-rows';
import { ProblemAlert } from '../ui/problem-alert';
import table from '../ui/data-table.module.css';
import { PresetForm, type Preset } from './preset-form';
import { DeletePresetDocument, PresetsDocument } from './settings-documents';

const REFRESH_SECONDS = 30;

function describe({ task, language, priority, channelMode, prompt, wordTimes, backend, device }: Preset): string {
  const parts = [
    task === 'TRANSLATE' ? 'translation to English' : undefined,
    language === null ? undefined : formatLanguage(language),
    channelMode === 'SEPARATE' ? 'channels apart' : undefined,
    priority === 'NORMAL' ? undefined : `${priority.toLowerCase()} priority`,
    backend === null ? undefined : `${backend}${device === null ? '' : ` on ${device}`}`,
    wordTimes ? undefined : 'no word times',
    prompt === null ? undefined : `“${prompt}”`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'all as usual' : parts.join(' · ');
}

interface PresetsTableProps {
  readonly presets: readonly Preset[];
  readonly onChange: (preset: Preset) => void;
  readonly onDelete: (preset: Preset) => void;
}

function PresetsTable({ presets, onChange, onDelete }: PresetsTableProps) {
  return (
    <table className={table.table} aria-label="Presets">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Model</th>
          <th scope="col">Options</th>
          <th scope="col">
            <VisuallyHidden>Actions</VisuallyHidden>
          </th>
        </tr>
      </thead>
      <tbody>
        {presets.map((preset) => (
          <tr key={preset.id}>
            <td>
              <span className={table.name}>{preset.name}</span>
            </td>
            <td data-name="Model">{preset.model ?? 'the default'}</td>
            <td>{describe(preset)}</td>
            <td className={table.end}>
              <Group gap={6} justify="flex-end" wrap="nowrap">
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={`Change ${preset.name}`}
                  onClick={() => onChange(preset)}
                >
                  Change
                </Button>
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={`Delete ${preset.name}`}
                  onClick={() => onDelete(preset)}
                >
                  Delete…
                </Button>
              </Group>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Options under a name, for everybody who transcribes. */
export function Presets() {
  const { data, problem, reload } = useLiveQuery({
    document: PresetsDocument,
    variables: {},
    renewedBy: ['ModelsChanged'],
    everySeconds: REFRESH_SECONDS,
  });
  const command = useCommand();
  const [editing, setEditing] = useState<Preset>();
  const [openings, setOpenings] = useState(0);
  const [formOpen, setFormOpen] = useState(false);
  const [removing, setRemoving] = useState<Preset>();
  const [asking, setAsking] = useState(false);
  const edit = (preset: Preset | undefined) => {
    setEditing(preset);
    setOpenings((count) => count + 1);
    setFormOpen(true);
  };
  const remove = async () => {
    if (removing === undefined) return;
    if ((await command('Not deleted', DeletePresetDocument, { id: removing.id })) !== undefined) reload();
  };
  return (
    <>
      {problem === undefined ? null : (
        <ProblemAlert title="The presets could not be loaded" message={problem} onRetry={reload} />
      )}
      <div className={table.panel}>
        <div className={table.bar}>
          <span className={table.quiet}>Offered with every new transcription</span>
          <Button size="xs" onClick={() => edit(undefined)}>
            New preset
          </Button>
        </div>
        {data === undefined ? (
          problem === undefined ? (
            <LoadingRows label="Loading the presets" />
          ) : null
        ) : data.presets.length === 0 ? (
          <EmptyState
            title="No presets yet"
            text="A preset keeps model, language, prompt and the other options under one name."
          />
        ) : (
          <PresetsTable
            presets={data.presets}
            onChange={edit}
            onDelete={(preset) => {
              setRemoving(preset);
              setAsking(true);
            }}
          />
        )}
      </div>
      <PresetForm
        key={openings}
        preset={editing}
        models={(data?.models ?? []).filter(({ installed }) => installed).map(({ name }) => name)}
        opened={formOpen}
        onClose={() => setFormOpen(false)}
        onSaved={reload}
      />
      <ConfirmDialog
        title="Delete this preset?"
        confirmLabel="Delete"
        keepLabel="Keep it"
        opened={asking}
        onClose={() => setAsking(false)}
        onConfirm={remove}
      >
        <strong>{removing?.name}</strong> is no longer offered. Jobs that used it stay as they are.
      </ConfirmDialog>
    </>
  );
}
