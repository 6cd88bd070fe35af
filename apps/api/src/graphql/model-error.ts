import { ModelStoreError, MODEL_STORE_ERROR_CODES, type ModelStoreErrorCode } from '@voice-transcriber/inference';
import { builder } from './builder.js';
import { ErrorInterface, type ExpectedFailure } from './error-interface.js';

export interface ModelFailure extends ExpectedFailure {
  readonly __typename: 'ModelError';
  readonly code: ModelStoreErrorCode | 'pull-ended';
}

export const ModelError = builder.objectRef<ModelFailure>('ModelError').implement({
  description: `code: ${[...MODEL_STORE_ERROR_CODES, 'pull-ended'].join(' | ')}`,
  interfaces: [ErrorInterface],
  isTypeOf: (value) => (value as ModelFailure).__typename === 'ModelError',
});

export function modelFailure(code: ModelFailure['code'], message: string): ModelFailure {
  return { __typename: 'ModelError', code, message };
}

/** What the store refused, as an answer. Everything else is thrown on. */
export function toModelFailure(error: unknown): ModelFailure {
  if (error instanceof ModelStoreError) return modelFailure(error.code, error.message);
  throw error;
}

export function modelMissing(name: string): ModelFailure {
  return modelFailure('model-missing', `No model "${name}" is installed. Look into the list of models for its name.`);
}
