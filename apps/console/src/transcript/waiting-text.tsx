import type { Job } from '../job/job-state';
import { EmptyState } from '../ui/empty-state';

const WAITING_TEXTS: Partial<Record<Job['state'], readonly [title: string, text: string]>> = {
  QUEUED: ['Waiting for its turn', 'The text appears here while it is being transcribed.'],
  PREPARING: ['Reading the audio', 'The text appears here while it is being transcribed.'],
  PAUSED: ['Paused', 'Resume the job to go on.'],
  FAILED: ['No text', 'The reason, and what to do about it, stands above.'],
  CANCELLED: ['No text', 'This job was cancelled before there was any.'],
  COMPLETED: ['No speech', 'No speech was found in this recording.'],
};

/** Why there is no text, or not yet. */
export function WaitingText({ state }: { state: Job['state'] }) {
  const [title, text] = WAITING_TEXTS[state] ?? ['Listening', 'The first words appear in a moment.'];
  return <EmptyState title={title} text={text} />;
}
