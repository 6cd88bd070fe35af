import { GraphQLError } from 'graphql';

/** Top-level errors of operations; those that a client expects are types of the schema instead. */
export type RequestErrorCode =
  | 'document-invalid'
  | 'input-invalid'
  | 'limit-exceeded'
  | 'deadline-exceeded'
  | 'forbidden'
  | 'not-found'
  | 'internal-error';

export function requestError(code: RequestErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
