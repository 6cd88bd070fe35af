import type { TranscriptionState } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { ErrorInterface, type ExpectedFailure } from './error-interface.js';
import { TranscriptionStateEnum } from './transcription-enums.js';

export interface InvalidStateFailure extends ExpectedFailure {
  readonly __typename: 'InvalidStateError';
  readonly state: TranscriptionState;
}

export const InvalidStateError = builder.objectRef<InvalidStateFailure>('InvalidStateError').implement({
  interfaces: [ErrorInterface],
  isTypeOf: (value) => (value as InvalidStateFailure).__typename === 'InvalidStateError',
  fields: (t) => ({ state: t.expose('state', { type: TranscriptionStateEnum }) }),
});
