import { builder } from './builder.js';
import { ErrorInterface, type ExpectedFailure } from './error-interface.js';

export interface NotFoundFailure extends ExpectedFailure {
  readonly __typename: 'NotFoundError';
}

export const NotFoundError = builder.objectRef<NotFoundFailure>('NotFoundError').implement({
  interfaces: [ErrorInterface],
  isTypeOf: (value) => (value as NotFoundFailure).__typename === 'NotFoundError',
});

export function notFound(what: string): NotFoundFailure {
  return {
    __typename: 'NotFoundError',
    code: 'not-found',
    message: `There is no such ${what}. It may have been deleted; look it up in the list again.`,
  };
}
