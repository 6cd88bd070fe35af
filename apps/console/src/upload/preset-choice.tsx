'use client';

import { NativeSelect } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { PresetsDocument } from '../api/upload-documents';
import type { UploadFields } from '../api/upload-file';
import type { PresetsQuery } from '../gql/graphql';

type Preset = PresetsQuery['presets'][number];

interface PresetChoiceProps {
  readonly onChoose: (options: UploadFields) => void;
}

const NONE = '';

/** What is as it would be without a preset is left out, so that only real choices count as changes. */
function optionsOf(preset: Preset): UploadFields {
  const { model, backend, device, language, task, prompt, wordTimes, channelMode, priority } = preset;
  return {
    model,
    backend,
    device,
    language,
    prompt,
    task: task === 'TRANSCRIBE' ? null : task,
    wordTimes: wordTimes ? null : false,
    channelMode: channelMode === 'MIXED' ? null : channelMode,
    priority: priority === 'NORMAL' ? null : priority,
  };
}

/** Fills the options from a preset; they can be changed afterwards. Nothing when there are no presets. */
export function PresetChoice({ onChoose }: PresetChoiceProps) {
  const client = useClient();
  const [presets, setPresets] = useState<readonly Preset[]>([]);
  const [chosen, setChosen] = useState(NONE);
  useEffect(() => {
    let current = true;
    const load = async () => {
      const { data } = await client.query(PresetsDocument, {}).toPromise();
      if (current && data !== undefined) setPresets(data.presets);
    };
    void load();
    return () => {
      current = false;
    };
  }, [client]);
  if (presets.length === 0) return null;
  return (
    <NativeSelect
      label="Preset"
      value={chosen}
      data={[{ value: NONE, label: 'None' }, ...presets.map(({ id, name }) => ({ value: id, label: name }))]}
      onChange={({ currentTarget: { value } }) => {
        setChosen(value);
        const preset = presets.find(({ id }) => id === value);
        onChoose(preset === undefined ? {} : optionsOf(preset));
      }}
    />
  );
}
