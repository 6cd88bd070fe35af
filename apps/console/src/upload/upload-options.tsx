'use client';

import { NativeSelect, Select, Switch, Textarea } from '@mantine/core';
import { useApiModels, type ApiModel } from '../api/use-models';
import type { TranscriptionPriority, TranscriptionTask } from '../gql/graphql';
import type { UploadFields } from '../api/upload-file';
import { useSession } from '../api/session-context';
import { formatBytes, formatLanguage } from '../ui/format';
import { useUploads } from './upload-context';
import classes from './upload.module.css';

const AUTODETECT = 'auto';

function languagesOf(models: readonly ApiModel[], name: string | undefined): { value: string; label: string }[] {
  const codes = models.find((model) => model.name === name)?.languages ?? [];
  const named = codes.filter((code) => code !== AUTODETECT).map((value) => ({ value, label: formatLanguage(value) }));
  return named.sort((left, right) => left.label.localeCompare(right.label));
}

/** Options of the files that are added from now on. */
export function UploadOptions() {
  const { options, setOptions } = useUploads();
  const { defaultModel } = useSession().limits;
  const models = useApiModels();
  const installed = models.filter((model) => model.installed);
  const set = (changes: UploadFields) => setOptions({ ...options, ...changes });
  const model = options.model ?? defaultModel;

  return (
    <div className={classes.options}>
      <NativeSelect
        label="Model"
        value={model}
        data={
          installed.length === 0
            ? [model]
            : installed.map(({ name, fileBytes }) => ({ value: name, label: `${name} · ${formatBytes(fileBytes)}` }))
        }
        onChange={({ currentTarget: { value } }) =>
          set({ model: value === defaultModel ? null : value, language: null })
        }
      />
      <Select
        label="Spoken language"
        searchable
        value={options.language ?? AUTODETECT}
        data={[{ value: AUTODETECT, label: 'Detect it' }, ...languagesOf(models, model)]}
        allowDeselect={false}
        onChange={(value) => set({ language: value === AUTODETECT ? null : value })}
      />
      <NativeSelect
        label="Task"
        value={options.task ?? 'TRANSCRIBE'}
        data={[
          { value: 'TRANSCRIBE', label: 'Transcribe' },
          { value: 'TRANSLATE', label: 'Translate to English' },
        ]}
        onChange={({ currentTarget: { value } }) =>
          set({ task: value === 'TRANSCRIBE' ? null : (value as TranscriptionTask) })
        }
      />
      <NativeSelect
        label="Priority"
        value={options.priority ?? 'NORMAL'}
        data={[
          { value: 'HIGH', label: 'High: before the others' },
          { value: 'NORMAL', label: 'Normal' },
          { value: 'LOW', label: 'Low: when nothing else waits' },
        ]}
        onChange={({ currentTarget: { value } }) =>
          set({ priority: value === 'NORMAL' ? null : (value as TranscriptionPriority) })
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
        onChange={({ currentTarget: { value } }) => set({ prompt: value === '' ? null : value })}
      />
      <Switch
        className={classes.wide}
        label="Time of each word"
        checked={options.wordTimes ?? true}
        onChange={({ currentTarget: { checked } }) => set({ wordTimes: checked ? null : false })}
      />
    </div>
  );
}
