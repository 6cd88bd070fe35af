'use client';

import { NativeSelect } from '@mantine/core';
import { useSession } from '../api/session-context';
import { useApiModels } from '../api/use-models';
import type { UploadFields } from '../api/upload-file';
import { formatBytes } from '../ui/format';
import { ModelChoice } from './model-choice';
import { OptionFields } from './option-fields';
import { PresetChoice } from './preset-choice';
import { useEngines } from './use-engines';
import { useUploads } from './upload-context';
import classes from './upload.module.css';

/** Options of the files that are added from now on. With `detailed`, each model tells what it needs and how fast it is. */
export function UploadOptions({ detailed = false }: { readonly detailed?: boolean }) {
  const { options, setOptions } = useUploads();
  const { defaultModel } = useSession().limits;
  const models = useApiModels();
  const engines = useEngines();
  const installed = models.filter((model) => model.installed);
  const set = (changes: UploadFields) => setOptions({ ...options, ...changes });
  const model = options.model ?? defaultModel;
  const chooseModel = (name: string) => set({ model: name === defaultModel ? null : name, language: null });

  return (
    <div className={classes.options} data-detailed={detailed || undefined}>
      <PresetChoice onChoose={setOptions} />
      {detailed ? (
        <div className={classes.wide}>
          <ModelChoice
            models={installed}
            engines={engines}
            value={model}
            backend={options.backend}
            device={options.device}
            onChange={chooseModel}
          />
        </div>
      ) : (
        <NativeSelect
          label="Model"
          value={model}
          data={
            installed.length === 0
              ? [model]
              : installed.map(({ name, fileBytes }) => ({ value: name, label: `${name} · ${formatBytes(fileBytes)}` }))
          }
          onChange={({ currentTarget: { value } }) => chooseModel(value)}
        />
      )}
      <OptionFields options={options} model={model} models={models} engines={engines} onChange={set} />
    </div>
  );
}
