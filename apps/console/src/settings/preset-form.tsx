'use client';

import { Button, Group, Modal, NativeSelect, Switch, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useCommand } from '../api/use-command';
import type { ChannelMode, SettingsPresetsQuery, TranscriptionPriority, TranscriptionTask } from '../gql/graphql';
import { CreatePresetDocument, UpdatePresetDocument } from './settings-documents';
import classes from './settings.module.css';

export type Preset = SettingsPresetsQuery['presets'][number];

type Draft = Omit<Preset, 'id' | '__typename'>;

const EMPTY: Draft = {
  name: '',
  model: null,
  backend: null,
  device: null,
  language: null,
  task: 'TRANSCRIBE',
  prompt: null,
  priority: 'NORMAL',
  channelMode: 'MIXED',
  wordTimes: true,
};

const orNull = (value: string): string | null => (value.trim() === '' ? null : value.trim());

interface PresetFormProps {
  /** Undefined for a new one. */
  readonly preset: Preset | undefined;
  readonly models: readonly string[];
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

export function PresetForm({ preset, models, opened, onClose, onSaved }: PresetFormProps) {
  const command = useCommand();
  const [draft, setDraft] = useState<Draft>(preset ?? EMPTY);
  const [busy, setBusy] = useState(false);
  const change = (changes: Partial<Draft>) => setDraft((known) => ({ ...known, ...changes }));
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const { name, model, backend, device, language, task, prompt, priority, channelMode, wordTimes } = draft;
    const input = {
      name: name.trim(),
      options: { model, backend, device, language, task, prompt, priority, channelMode, wordTimes },
    };
    const done =
      preset === undefined
        ? await command('Not created', CreatePresetDocument, { input })
        : await command('Not changed', UpdatePresetDocument, { input: { id: preset.id, ...input } });
    setBusy(false);
    if (done === undefined) return;
    onSaved();
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={preset === undefined ? 'New preset' : 'Change the preset'}
      centered
      portalProps={{ target: '#content' }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form className={classes.fields} onSubmit={(event) => void save(event)}>
        <TextInput
          className={classes.full}
          label="Preset name"
          required
          withAsterisk={false}
          maxLength={100}
          data-autofocus
          value={draft.name}
          onChange={({ currentTarget: { value } }) => change({ name: value })}
        />
        <NativeSelect
          label="Model"
          value={draft.model ?? ''}
          data={[
            { value: '', label: 'The default' },
            ...new Set([...models, ...(draft.model === null ? [] : [draft.model])]),
          ]}
          onChange={({ currentTarget: { value } }) => change({ model: orNull(value) })}
        />
        <TextInput
          label="Spoken language"
          placeholder="Detect it"
          description="Two letters, such as en or fr."
          maxLength={3}
          value={draft.language ?? ''}
          onChange={({ currentTarget: { value } }) => change({ language: orNull(value) })}
        />
        <NativeSelect
          label="Task"
          value={draft.task}
          data={[
            { value: 'TRANSCRIBE', label: 'Transcribe' },
            { value: 'TRANSLATE', label: 'Translate to English' },
          ]}
          onChange={({ currentTarget: { value } }) => change({ task: value as TranscriptionTask })}
        />
        <NativeSelect
          label="Priority"
          value={draft.priority}
          data={[
            { value: 'HIGH', label: 'High' },
            { value: 'NORMAL', label: 'Normal' },
            { value: 'LOW', label: 'Low' },
          ]}
          onChange={({ currentTarget: { value } }) => change({ priority: value as TranscriptionPriority })}
        />
        <NativeSelect
          className={classes.full}
          label="Channels"
          value={draft.channelMode}
          data={[
            { value: 'MIXED', label: 'Mixed: one transcript of all' },
            { value: 'SEPARATE', label: 'Separate: each channel is a speaker' },
          ]}
          onChange={({ currentTarget: { value } }) => change({ channelMode: value as ChannelMode })}
        />
        <Textarea
          className={classes.full}
          label="Prompt"
          description="Names and terms, spelled as you want them."
          autosize
          minRows={1}
          maxRows={4}
          value={draft.prompt ?? ''}
          onChange={({ currentTarget: { value } }) => change({ prompt: value === '' ? null : value })}
        />
        <Switch
          className={classes.full}
          label="Time of each word"
          checked={draft.wordTimes}
          onChange={({ currentTarget: { checked } }) => change({ wordTimes: checked })}
        />
        <Group className={classes.full} justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" loading={busy} disabled={draft.name.trim() === ''}>
            Save
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
