import { FactList } from '../ui/fact-list';
import { formatLanguage } from '../ui/format';
import type { Job } from './job-state';
import classes from './job.module.css';
import { Panel } from './panel';

/** What was asked for, whatever became of it: an option that nobody chose says what stood in for it. */
export function JobParameters({ job }: { readonly job: Job }) {
  const rows: readonly (readonly [name: string, value: string, chosen: boolean])[] = [
    ['Model', job.requestedModel ?? 'the default', job.requestedModel !== null],
    ['Engine', job.requestedBackend ?? 'the best for the model', job.requestedBackend !== null],
    ['Device', job.requestedDevice ?? 'the fastest that is free', job.requestedDevice !== null],
    [
      'Language',
      job.requestedLanguage === null ? 'detect it' : formatLanguage(job.requestedLanguage),
      job.requestedLanguage !== null,
    ],
    ['Task', job.task === 'TRANSLATE' ? 'translate to English' : 'transcribe', job.task === 'TRANSLATE'],
    ['Channels', job.channelMode === 'SEPARATE' ? 'each by itself' : 'together', job.channelMode === 'SEPARATE'],
    ['Word times', job.wordTimes ? 'yes' : 'no', !job.wordTimes],
    ['Priority', job.priority.toLowerCase(), job.priority !== 'NORMAL'],
    ...(job.prompt === null || job.prompt === '' ? [] : [['Prompt', job.prompt, true] as const]),
  ];
  return (
    <Panel title="Parameters">
      <FactList
        facts={rows.map(([name, value, chosen]) => [
          name,
          chosen ? value : <span className={classes.byDefault}>{value}</span>,
        ])}
      />
    </Panel>
  );
}
