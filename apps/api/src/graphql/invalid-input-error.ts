import { builder } from './builder.js';
import { ErrorInterface, type ExpectedFailure } from './error-interface.js';

export interface InvalidInputFailure extends ExpectedFailure {
  readonly __typename: 'InvalidInputError';
  readonly field: string;
}

export const InvalidInputError = builder.objectRef<InvalidInputFailure>('InvalidInputError').implement({
  interfaces: [ErrorInterface],
  isTypeOf: (value) => (value as InvalidInputFailure).__typename === 'InvalidInputError',
  fields: (t) => ({ field: t.exposeString('field', { nullable: true }) }),
});

export function invalidInput(field: string, message: string): InvalidInputFailure {
  return { __typename: 'InvalidInputError', code: 'input-invalid', field, message };
}
