'use client';

import { Select } from '@mantine/core';
import { DownloadLink } from '../job/download-link';
import { Panel } from '../job/panel';
import { formatLanguage, formatMoment, formatPercent } from '../ui/format';
import classes from './side-panels.module.css';
import type { TranscriptFacts } from './use-transcript-facts';

export function ExportsPanel({ facts }: { facts: TranscriptFacts | undefined }) {
  if (facts === undefined) return null;
  const formats = [
    ['TXT', facts.txt],
    ['SRT', facts.srt],
    ['VTT', facts.vtt],
    ['VTT words', facts.vttWords],
    ['JSON', facts.json],
    ['CSV', facts.csv],
    ['LRC', facts.lrc],
  ] as const;
  return (
    <Panel title="Download">
      <div className={classes.exports}>
        {formats.map(([label, path]) => (
          <DownloadLink key={label} label={label} path={path} size="compact-sm" />
        ))}
      </div>
    </Panel>
  );
}

export function LanguagesPanel({ facts }: { facts: TranscriptFacts | undefined }) {
  if (facts === undefined || facts.languages.length < 2) return null;
  return (
    <Panel title="Languages">
      <ul className={classes.languages}>
        {facts.languages.map(({ language, share }) => (
          <li key={language}>
            <span>{formatLanguage(language)}</span>
            <span className="numeric">{formatPercent(share)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

type Run = TranscriptFacts['siblings'][number];

/** Short enough to stand in the field as a whole; the backend stands below it in the list. */
const nameOf = ({ model, requestedModel, createdAt }: Run): string =>
  `${model ?? requestedModel ?? 'default model'} · ${formatMoment(new Date(createdAt))}`;

interface RunsPanelProps {
  readonly facts: TranscriptFacts | undefined;
  readonly compared: string | null;
  readonly onCompare: (id: string | null) => void;
}

/** Other runs of the same recording, to be laid beside this one word by word. */
export function RunsPanel({ facts, compared, onCompare }: RunsPanelProps) {
  const runs = (facts?.siblings ?? []).filter(({ state }) => state === 'COMPLETED' || state === 'PARTIAL');
  const backends = new Map(runs.map(({ id, backend }) => [id, backend]));
  const choices = runs.map((run) => ({ value: run.id, label: nameOf(run) }));
  // An address may name a run that has not ended, or is no run of this recording: it must be possible to leave it.
  if (compared !== null && !runs.some(({ id }) => id === compared))
    choices.push({ value: compared, label: 'The run that the address names' });
  if (choices.length === 0) return null;
  return (
    <Panel title="Compare">
      <Select
        size="sm"
        aria-label="Compare with another run"
        placeholder="Another run of this recording"
        clearable
        value={compared}
        onChange={onCompare}
        data={choices}
        renderOption={({ option }) => (
          <span>
            {option.label}
            <span className={classes.backend}>{backends.get(option.value)}</span>
          </span>
        )}
        comboboxProps={{ portalProps: { target: '#content' } }}
      />
    </Panel>
  );
}
