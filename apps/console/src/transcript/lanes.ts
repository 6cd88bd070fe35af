import type { Segment } from '../job/job-state';
import type { LaneSpan } from './span-lane';
import type { TranscriptFacts } from './use-transcript-facts';

type Coverage = NonNullable<TranscriptFacts['coverage']>;
export type FlagKind = 'uncovered' | 'loop' | 'doubt';

export interface FlaggedSpan {
  readonly kind: FlagKind;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly reason: string;
}

const FLAG_COLOURS: Readonly<Record<FlagKind, string>> = {
  uncovered: '--tone-failed',
  loop: '--tone-warned',
  doubt: '--tone-waiting',
};

/** Everything that a person should look at again, in the order of time. */
export function listFlags(coverage: Coverage | undefined): readonly FlaggedSpan[] {
  if (coverage === undefined) return [];
  const { uncovered, loops, lowConfidence } = coverage;
  return [
    ...uncovered.map((span) => ({ ...span, kind: 'uncovered' as const })),
    ...loops.map((span) => ({ ...span, kind: 'loop' as const })),
    ...lowConfidence.map((span) => ({ ...span, kind: 'doubt' as const })),
  ].sort((left, right) => left.startSeconds - right.startSeconds);
}

export function coverageLane(coverage: Coverage | undefined): readonly LaneSpan[] {
  return listFlags(coverage).map(({ kind, startSeconds, endSeconds }) => ({
    startSeconds,
    endSeconds,
    colour: FLAG_COLOURS[kind],
  }));
}

const CHANNEL_COLOURS = ['--accent', '--tone-waiting', '--tone-done', '--tone-idle'] as const;

/** Where each channel has text. */
export function channelLanes(
  segments: readonly Segment[],
): readonly { readonly channel: number; readonly spans: readonly LaneSpan[] }[] {
  const channels = [...new Set(segments.map(({ channel }) => channel ?? 0))].sort((left, right) => left - right);
  return channels.map((channel) => ({
    channel,
    spans: segments
      .filter((segment) => (segment.channel ?? 0) === channel)
      .map(({ startSeconds, endSeconds }) => ({
        startSeconds,
        endSeconds,
        colour: CHANNEL_COLOURS[channel % CHANNEL_COLOURS.length] ?? '--accent',
      })),
  }));
}
