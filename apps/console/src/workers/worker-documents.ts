import { graphql } from '../gql';

export const WorkersDocument = graphql(`
  query Workers($includeStopped: Boolean!) {
    workers(includeStopped: $includeStopped) {
      id
      host
      instanceId
      pid
      version
      state
      lostReason
      slots
      slotsBusy
      threadsPerInference
      cpuPercent
      memoryBytes
      fencedWrites
      startedAt
      stoppedAt
      heartbeatAt
      backends {
        id
        name
        status
        reason
        devices {
          id
          name
        }
      }
      loadedModels {
        model
        backend
        device
        memoryBytes
        busy
      }
      currentWork {
        kind
        chunkIndex
        startedAt
        transcription {
          id
          media {
            id
            filename
          }
        }
      }
    }
  }
`);

export const DrainWorkerDocument = graphql(`
  mutation DrainWorker($id: ID!) {
    result: drainWorker(input: { id: $id }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const ResumeWorkerDocument = graphql(`
  mutation ResumeWorker($id: ID!) {
    result: resumeWorker(input: { id: $id }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const StopWorkerDocument = graphql(`
  mutation StopWorker($id: ID!) {
    result: stopWorker(input: { id: $id }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);
