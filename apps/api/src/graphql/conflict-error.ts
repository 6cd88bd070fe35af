import type { SegmentRow } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { ErrorInterface, type ExpectedFailure } from './error-interface.js';
import { Segment } from './segment.js';

export interface ConflictFailure extends ExpectedFailure {
  readonly __typename: 'ConflictError';
  readonly segment: SegmentRow;
}

export const ConflictError = builder.objectRef<ConflictFailure>('ConflictError').implement({
  description: 'Somebody else was faster.',
  interfaces: [ErrorInterface],
  isTypeOf: (value) => (value as ConflictFailure).__typename === 'ConflictError',
  fields: (t) => ({ segment: t.expose('segment', { type: Segment, description: 'As it is now.' }) }),
});
