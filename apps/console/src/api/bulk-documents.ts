import { graphql } from '../gql';

export const BulkFragment = graphql(`
  fragment BulkFields on BulkResult {
    __typename
    ... on BulkPayload {
      matched
      changed
      refusedCount
      remaining
      refused {
        id
        message
      }
    }
    ... on InvalidInputError {
      message
    }
  }
`);

export const CancelManyDocument = graphql(`
  mutation CancelMany($selection: TranscriptionSelection!) {
    result: cancelTranscriptions(input: { selection: $selection }) {
      ...BulkFields
    }
  }
`);

export const RetryManyDocument = graphql(`
  mutation RetryMany($selection: TranscriptionSelection!, $model: String) {
    result: retryTranscriptions(input: { selection: $selection, model: $model }) {
      ...BulkFields
    }
  }
`);

export const DeleteManyDocument = graphql(`
  mutation DeleteMany($selection: TranscriptionSelection!) {
    result: deleteTranscriptions(input: { selection: $selection }) {
      ...BulkFields
    }
  }
`);

export const SetManyPrioritiesDocument = graphql(`
  mutation SetManyPriorities($selection: TranscriptionSelection!, $priority: TranscriptionPriority!) {
    result: setTranscriptionsPriority(input: { selection: $selection, priority: $priority }) {
      ...BulkFields
    }
  }
`);
