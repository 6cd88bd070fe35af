import type { Connection } from './graphql-request.js';

/** One connection: the events behind a seq, until it ends in peace or breaks. */
export interface StreamRequest {
  connection: Connection;
  id: string;
  after: number | undefined;
  signal: AbortSignal | undefined;
  webSocket: unknown;
}

/** Names of events in the schema and here. */
export const EVENT_TYPES = {
  TranscriptionSnapshot: 'snapshot',
  StateChanged: 'state-changed',
  SegmentsAppended: 'segments-appended',
  ProgressMade: 'progress-made',
  SegmentEdited: 'segment-edited',
  WarningRaised: 'warning-raised',
} as const;

export type WireEvent = { __typename: keyof typeof EVENT_TYPES; seq: number };
