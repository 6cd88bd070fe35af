import { graphql } from '../gql';

/** What a row of the list shows. The console stream sends the same shape, so a live row and a queried row are one thing. */
export const TranscriptionRowFragment = graphql(`
  fragment TranscriptionRow on Transcription {
    id
    state
    createdAt
    startedAt
    finishedAt
    audioSeconds
    requestedLanguage
    language
    requestedModel
    model
    priority
    lastSeq
    error {
      code
      message
    }
    warnings {
      code
      message
    }
    progress {
      fraction
      committedSeconds
      plannedSeconds
      etaSeconds
      audioSecondsPerSecond
      chunksDone
      chunksTotal
    }
    media {
      id
      filename
      durationSeconds
      sizeBytes
    }
  }
`);

export const QueueFragment = graphql(`
  fragment QueueFields on Queue {
    audioSecondsLastHour
    failed
    finishedLastHour
    oldestWaitingSeconds
    paused
    reason
    running
    waiting
  }
`);

export const WorkerFragment = graphql(`
  fragment WorkerFields on Worker {
    id
    host
    state
    slots
    slotsBusy
  }
`);

export const ResourceFragment = graphql(`
  fragment ResourceFields on ResourceSample {
    sampledAt
    host
    cpuPercent
    cpuCores
    memoryPercent
    memoryBytesAvailable
    memoryBytesTotal
    diskPercent
    diskBytesFree
    diskBytesTotal
  }
`);

export const ConsoleEventsDocument = graphql(`
  subscription ConsoleEvents {
    consoleEvents {
      __typename
      ... on ConsoleSnapshot {
        queue {
          ...QueueFields
        }
        resources {
          ...ResourceFields
        }
        workers {
          ...WorkerFields
        }
      }
      ... on QueueChanged {
        queue {
          ...QueueFields
        }
      }
      ... on ResourcesSampled {
        sample {
          ...ResourceFields
        }
      }
      ... on TranscriptionChanged {
        transcription {
          ...TranscriptionRow
        }
      }
      ... on TranscriptionDeleted {
        id
      }
      ... on WorkersChanged {
        workers {
          ...WorkerFields
        }
      }
    }
  }
`);

export const ViewerDocument = graphql(`
  query Viewer {
    viewer {
      name
      scope
    }
    limits {
      defaultModel
      maxFileBytes
      pageSizeMax
    }
  }
`);

export const JobsDocument = graphql(`
  query Jobs($states: [TranscriptionState!], $after: String, $first: Int!) {
    transcriptions(states: $states, after: $after, first: $first) {
      nodes {
        ...TranscriptionRow
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const ModelsDocument = graphql(`
  query Models {
    models {
      id
      name
      size
      quantization
      languages
      default
      installed
      fileBytes
      memoryBytesNeeded
    }
  }
`);

/** What engines there are, and how fast each model was here: for choosing before a recording is sent. */
export const EnginesDocument = graphql(`
  query Engines {
    backends {
      id
      name
      status
      devices {
        id
        name
      }
      selfTests {
        model
        deviceActual
        audioSecondsPerSecond
        ok
      }
    }
    transcriptions(states: [COMPLETED], first: 100) {
      nodes {
        id
        model
        backend
        device
        audioSeconds
        realTimeFactor
      }
    }
  }
`);
