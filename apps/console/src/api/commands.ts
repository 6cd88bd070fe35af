import { graphql } from '../gql';

export const CancelDocument = graphql(`
  mutation Cancel($id: ID!) {
    result: cancelTranscription(input: { id: $id }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const PauseDocument = graphql(`
  mutation Pause($id: ID!) {
    result: pauseTranscription(input: { id: $id }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const ResumeDocument = graphql(`
  mutation Resume($id: ID!) {
    result: resumeTranscription(input: { id: $id }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const RetryDocument = graphql(`
  mutation Retry($id: ID!, $model: String) {
    result: retryTranscription(input: { id: $id, model: $model }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const DeleteDocument = graphql(`
  mutation Delete($id: ID!) {
    result: deleteTranscription(input: { id: $id }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const SetPriorityDocument = graphql(`
  mutation SetPriority($id: ID!, $priority: TranscriptionPriority!) {
    result: setTranscriptionPriority(input: { id: $id, priority: $priority }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const PauseQueueDocument = graphql(`
  mutation PauseQueue($reason: String) {
    pauseQueue(input: { reason: $reason }) {
      queue {
        ...QueueFields
      }
    }
  }
`);

export const ResumeQueueDocument = graphql(`
  mutation ResumeQueue {
    resumeQueue {
      queue {
        ...QueueFields
      }
    }
  }
`);
