'use client';

import { NativeSelect, Select, Switch, Textarea } from '@mantine/core';
import type { UploadFields } from '../api/upload-file';
import type { ApiModel } from '../api/use-models';
import type { ChannelMode, EnginesQuery, TranscriptionPriority, TranscriptionTask } from '../gql/graphql';
import { namedLanguages } from '../ui/whisper-languages';
import classes from './upload.module.css';

const AUTODETECT = 'auto';
const ANY = '';

interface OptionFieldsProps {
  readonly options: UploadFields;
  readonly model: string;
  readonly models: readonly ApiModel[];
  readonly engines: EnginesQuery | undefined;
  readonly onChange: (changes: UploadFields) => void;
}

const languagesOf = (models: readonly ApiModel[], name: string): { value: string; label: string }[] =>
  namedLanguages(models.find((model) => model.name === name)?.languages ?? []);

function EngineFields({ options, engines, onChange }: Pick<OptionFieldsProps, 'options' | 'engines' | 'onChange'>) {
  const available = (engines?.backends ?? []).filter(({ status }) => status === 'AVAILABLE');
  const names = [...new Set(available.map(({ name }) => name))];
  const wished = available.filter(
    ({ name }) => options.backend === null || options.backend === undefined || name === options.backend,
  );
  const devices = new Map(wished.flatMap((backend) => backend.devices.map(({ id, name }) => [id, name] as const)));
  return (
    <>
      <NativeSelect
        label="Engine"
        value={options.backend ?? ANY}
        data={[{ value: ANY, label: 'Best for the model' }, ...names]}
        onChange={({ currentTarget: { value } }) => onChange({ backend: value === ANY ? null : value, device: null })}
      />
      <NativeSelect
        label="Device"
        value={options.device ?? ANY}
        data={[
          { value: ANY, label: 'Fastest that is free' },
          ...[...devices].map(([value, name]) => ({ value, label: name === value ? value : `${value} · ${name}` })),
        ]}
        onChange={({ currentTarget: { value } }) => onChange({ device: value === ANY ? null : value })}
      />
    </>
  );
}

/** Every option but the model. */
export function OptionFields({ options, model, models, engines, onChange }: OptionFieldsProps) {
  return (
    <>
      <Select
        label="Spoken language"
        searchable
        value={options.language ?? AUTODETECT}
        data={[{ value: AUTODETECT, label: 'Detect it' }, ...languagesOf(models, model)]}
        allowDeselect={false}
        onChange={(value) => onChange({ language: value === AUTODETECT ? null : value })}
      />
      <NativeSelect
        label="Task"
        value={options.task ?? 'TRANSCRIBE'}
        data={[
          { value: 'TRANSCRIBE', label: 'Transcribe' },
          { value: 'TRANSLATE', label: 'Translate to English' },
        ]}
        onChange={({ currentTarget: { value } }) =>
          onChange({ task: value === 'TRANSCRIBE' ? null : (value as TranscriptionTask) })
        }
      />
      <EngineFields options={options} engines={engines} onChange={onChange} />
      <NativeSelect
        label="Priority"
        value={options.priority ?? 'NORMAL'}
        data={[
          { value: 'HIGH', label: 'High: before the others' },
          { value: 'NORMAL', label: 'Normal' },
          { value: 'LOW', label: 'Low: when nothing else waits' },
        ]}
        onChange={({ currentTarget: { value } }) =>
          onChange({ priority: value === 'NORMAL' ? null : (value as TranscriptionPriority) })
        }
      />
      <NativeSelect
        label="Channels"
        value={options.channelMode ?? 'MIXED'}
        data={[
          { value: 'MIXED', label: 'Together' },
          { value: 'SEPARATE', label: 'Each by itself, as in calls' },
        ]}
        onChange={({ currentTarget: { value } }) =>
          onChange({ channelMode: value === 'MIXED' ? null : (value as ChannelMode) })
        }
      />
      <Textarea
        className={classes.wide}
        label="Prompt"
        description="Names and terms that occur in the recording, spelled as you want them."
        autosize
        minRows={1}
        maxRows={4}
        value={options.prompt ?? ''}
        onChange={({ currentTarget: { value } }) => onChange({ prompt: value === '' ? null : value })}
      />
      <Switch
        className={classes.wide}
        label="Time of each word"
        checked={options.wordTimes ?? true}
        onChange={({ currentTarget: { checked } }) => onChange({ wordTimes: checked ? null : false })}
      />
    </>
  );
}
