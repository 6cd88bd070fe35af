import { waitFor, type Stack } from '@voice-transcriber/testkit';
import { parseExposition, type Exposition } from './exposition.js';
import { scrape, workerUrl, type ObservedStack } from './observed-stack.js';

/** Scrapes the worker until it tells what is waited for: some figures are sampled, and come a moment after what they are of. */
export async function untilWorkerTells(
  observed: ObservedStack,
  tells: (metrics: Exposition) => boolean,
): Promise<void> {
  await waitFor(async () => tells(parseExposition((await scrape(workerUrl(observed))).body)), {
    timeoutMilliseconds: 10_000,
    what: `the worker to tell: ${tells.toString()}`,
  });
}

/** What the worker wrote into its log about durations, memory and processor. */
export function performanceLines(stack: Stack): readonly Record<string, unknown>[] {
  return (stack.workers[0]?.output() ?? '')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ level }) => level === 'performance');
}
