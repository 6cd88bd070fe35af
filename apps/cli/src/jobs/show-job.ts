import type { Client, Transcription } from '@voice-transcriber/client';
import { CliError } from '../cli-error.js';
import { formatBytes, formatMoment, formatSeconds, paint } from '../terminal/style.js';

/** What a person asks about a job: how far it is, what runs it, what went wrong. Throws CliError when there is no such job. */
export async function showJob(client: Client, id: string, { json }: { readonly json: boolean }): Promise<void> {
  const job = await client.transcription(id);
  if (job === undefined) throw new CliError(`There is no job ${id}. "vt jobs list" shows the ids.`);
  if (json) {
    console.log(JSON.stringify(job, undefined, 2));
    return;
  }
  const facts = describeJob(job).filter(([, value]) => value !== '');
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, value] of facts) console.log(`${paint('bold', name.padEnd(width))}  ${value}`);
  if (job.text !== null && job.text !== '') console.log(`\n${job.text}`);
}

function describeJob(job: Transcription): (readonly [name: string, value: string])[] {
  const { media, progress, error, warnings, backend, device, audioSeconds, realTimeFactor } = job;
  const { fraction, chunksDone, chunksTotal, etaSeconds } = progress;
  const left = etaSeconds === null ? '' : `, ${formatSeconds(etaSeconds)} left`;
  const isOver = ['COMPLETED', 'PARTIAL', 'FAILED', 'CANCELLED'].includes(job.state);
  const engine = backend === null ? '' : device === null ? backend : `${backend} on ${device}`;
  const seconds = audioSeconds ?? media.durationSeconds;
  return [
    ['Recording', `${media.filename}, ${formatBytes(media.sizeBytes)}`],
    ['State', job.state.toLowerCase()],
    [
      'Progress',
      isOver || chunksTotal === 0
        ? ''
        : `${String(Math.floor(fraction * 100))} %, ${String(chunksDone)} of ${String(chunksTotal)} chunks${left}`,
    ],
    ['Priority', job.priority.toLowerCase()],
    ['Length', seconds === null ? '' : formatSeconds(seconds)],
    ['Language', job.language ?? ''],
    ['Model', job.model ?? ''],
    ['Engine', engine],
    ['Real time', realTimeFactor === null ? '' : `factor ${realTimeFactor.toFixed(3)}`],
    ['Created', formatMoment(job.createdAt)],
    ['Ended', job.finishedAt === null ? '' : formatMoment(job.finishedAt)],
    ['Error', error === null ? '' : `${error.code}: ${error.message}`],
    ...warnings.map(({ message }) => ['Warning', message] as const),
  ];
}
