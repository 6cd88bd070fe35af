import type { ReactNode } from 'react';
import { formatBytes, formatClock, formatLanguage, formatSpan } from '../ui/format';
import type { Job } from './job-state';
import classes from './job.module.css';
import { Panel } from './panel';

type FactRow = readonly [name: string, value: ReactNode];

const channelsText = (channels: number): string =>
  channels === 1 ? 'mono' : channels === 2 ? 'stereo' : `${channels} channels`;

function mediaFacts({ media, audioSeconds, speechSeconds }: Job): FactRow[] {
  const sound = [
    media.codec === media.container ? undefined : media.codec,
    media.sampleRateHz === null ? undefined : `${media.sampleRateHz / 1000} kHz`,
    media.channels === null ? undefined : channelsText(media.channels),
  ].filter((part) => part !== undefined && part !== null);
  return [
    ['File', `${media.container}, ${formatBytes(media.sizeBytes)}`],
    ...(sound.length > 0 ? [['Sound', sound.join(', ')] as const] : []),
    ...(audioSeconds === null ? [] : [['Length', formatClock(audioSeconds)] as const]),
    ...(speechSeconds === null ? [] : [['Speech', formatSpan(speechSeconds)] as const]),
  ];
}

function workFacts(job: Job): FactRow[] {
  const facts: FactRow[] = [];
  const model = job.model ?? job.requestedModel;
  if (model !== null) facts.push(['Model', model]);
  if (job.backend !== null)
    facts.push(['Engine', job.device === null ? job.backend : `${job.backend} on ${job.device}`]);
  if (job.language !== null)
    facts.push([job.requestedLanguage === null ? 'Detected' : 'Language', formatLanguage(job.language)]);
  if (job.inferenceSeconds > 0) facts.push(['Computed', formatSpan(job.inferenceSeconds)]);
  if (job.realTimeFactor !== null) facts.push(['Real-time factor', job.realTimeFactor.toFixed(3)]);
  if (job.memoryBytesPeak !== null) facts.push(['Peak memory', formatBytes(job.memoryBytesPeak)]);
  if (job.wordCount !== null) facts.push(['Words', job.wordCount.toLocaleString('en')]);
  if (job.retries > 0) facts.push(['Retries', job.retries]);
  return facts;
}

export function JobFacts({ job }: { job: Job }) {
  return (
    <Panel title="Details">
      <dl className={`${classes.facts} numeric`}>
        {[...mediaFacts(job), ...workFacts(job)].map(([name, value]) => (
          <FactLine key={name} name={name} value={value} />
        ))}
      </dl>
    </Panel>
  );
}

function FactLine({ name, value }: { name: string; value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
