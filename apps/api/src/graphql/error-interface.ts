import { builder } from './builder.js';

/** Failures that a client expects. `message` says what to do. */
export interface ExpectedFailure {
  readonly code: string;
  readonly message: string;
}

export const ErrorInterface = builder.interfaceRef<ExpectedFailure>('Error').implement({
  fields: (t) => ({ code: t.exposeString('code'), message: t.exposeString('message') }),
});
