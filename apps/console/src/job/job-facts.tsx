import { FactList, type Fact } from '../ui/fact-list';
import { formatBytes, formatClock, formatLanguage, formatSpan } from '../ui/format';
import type { Job } from './job-state';
import { Panel } from './panel';

const channelsText = (channels: number): string =>
  channels === 1 ? 'mono' : channels === 2 ? 'stereo' : `${channels} channels`;

function mediaFacts({ media, audioSeconds, speechSeconds }: Job): Fact[] {
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

function workFacts(job: Job): Fact[] {
  const facts: Fact[] = [];
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
      <FactList facts={[...mediaFacts(job), ...workFacts(job)]} />
    </Panel>
  );
}
