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
    backend
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
      recordingKept
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

export const ModelPullFragment = graphql(`
  fragment ModelPullFields on ModelPull {
    id
    model
    state
    bytesDone
    bytesTotal
    bytesPerSecond
    etaSeconds
    fraction
    attempts
    error {
      code
      message
    }
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
      ... on ModelPullChanged {
        pull {
          ...ModelPullFields
        }
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
  query Jobs($filter: TranscriptionFilter, $after: String, $first: Int!) {
    transcriptions(filter: $filter, after: $after, first: $first) {
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

export const JobCountsDocument = graphql(`
  query JobCounts($filter: TranscriptionFilter) {
    transcriptionCounts(filter: $filter) {
      total
      states {
        state
        count
      }
    }
  }
`);

export const FilterChoicesDocument = graphql(`
  query FilterChoices {
    models {
      id
      name
      installed
    }
    backends {
      id
      name
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
