import { graphql } from '../gql';

export const SegmentFragment = graphql(`
  fragment SegmentFields on Segment {
    id
    index
    windowIndex
    startSeconds
    endSeconds
    channel
    language
    revision
    editedAt
    text
    confidence
    words {
      text
      startSeconds
      endSeconds
      confidence
    }
  }
`);

/** Everything of a job that is not its text. */
export const JobFragment = graphql(`
  fragment JobFields on Transcription {
    ...TranscriptionRow
    requestedBackend
    requestedDevice
    channelMode
    device
    task
    prompt
    wordTimes
    wordCount
    speechSeconds
    realTimeFactor
    inferenceSeconds
    memoryBytesPeak
    retries
    mediaPath
    txtPath: exportPath(format: TXT)
    srtPath: exportPath(format: SRT)
    vttPath: exportPath(format: VTT)
    jsonPath: exportPath(format: JSON)
    candidates {
      backend
      model
      device
      chosen
      reason
    }
    media {
      id
      filename
      container
      codec
      channels
      sampleRateHz
      durationSeconds
      sizeBytes
      sha256
      recordingKept
    }
  }
`);

export const TranscriptionEventsDocument = graphql(`
  subscription TranscriptionEvents($id: ID!, $after: Int) {
    transcriptionEvents(id: $id, after: $after) {
      __typename
      ... on TranscriptionSnapshot {
        seq
        transcription {
          ...JobFields
        }
        segments {
          ...SegmentFields
        }
      }
      ... on SegmentsAppended {
        seq
        progress {
          ...ProgressFields
        }
        segments {
          ...SegmentFields
        }
      }
      ... on ProgressMade {
        seq
        progress {
          ...ProgressFields
        }
      }
      ... on StateChanged {
        seq
        state
        error {
          code
          message
        }
        transcription {
          ...JobFields
        }
      }
      ... on SegmentEdited {
        seq
        segment {
          ...SegmentFields
        }
      }
      ... on WarningRaised {
        seq
        warning {
          code
          message
        }
      }
    }
  }
`);

export const ProgressFragment = graphql(`
  fragment ProgressFields on TranscriptionProgress {
    fraction
    committedSeconds
    plannedSeconds
    etaSeconds
    audioSecondsPerSecond
    chunksDone
    chunksTotal
  }
`);

export const JobWorkDocument = graphql(`
  query JobWork($id: ID!) {
    transcription(id: $id) {
      id
      timeline {
        stage
        startedAt
        seconds
      }
      performance {
        attempts
        waitSeconds
        computeSeconds
        cpuPercentMean
        memoryBytesChange
        memoryBytesPeak
      }
      attempts(first: 50) {
        nodes {
          id
          kind
          chunkIndex
          outcome
          startedAt
          finishedAt
          durationSeconds
          model
          backend
          device
          memoryBytesChange
          memoryBytesPeak
          cpuPercentMean
          windowsCommitted
          worker {
            id
            host
          }
          error {
            code
            message
          }
        }
      }
      chunks(first: 100) {
        nodes {
          id
          index
          state
          startSeconds
          endSeconds
          crashes
          worker {
            id
            host
          }
          error {
            code
            message
          }
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  }
`);
