import { graphql } from '../gql';

/** What the transcript's page shows beside the text. It does not come with the stream: asked for again whenever the text has changed. */
export const TranscriptFactsDocument = graphql(`
  query TranscriptFacts($id: ID!, $points: Int!) {
    transcription(id: $id) {
      id
      channelMode
      languages {
        language
        seconds
        share
      }
      waveform(points: $points) {
        secondsPerPoint
        peaks
      }
      coverage {
        coveredSeconds
        speechSeconds
        uncovered {
          startSeconds
          endSeconds
          reason
        }
        loops {
          startSeconds
          endSeconds
          reason
        }
        lowConfidence {
          startSeconds
          endSeconds
          reason
        }
      }
      siblings {
        id
        state
        createdAt
        model
        backend
        requestedModel
      }
      txt: exportPath(format: TXT)
      srt: exportPath(format: SRT)
      vtt: exportPath(format: VTT)
      vttWords: exportPath(format: VTT_WORDS)
      json: exportPath(format: JSON)
      csv: exportPath(format: CSV)
      lrc: exportPath(format: LRC)
    }
  }
`);

export const EditSegmentDocument = graphql(`
  mutation EditSegment($id: ID!, $text: String!, $revision: Int!) {
    result: editSegment(input: { id: $id, text: $text, revision: $revision }) {
      __typename
      ... on SegmentPayload {
        segment {
          ...SegmentFields
        }
      }
      ... on ConflictError {
        segment {
          ...SegmentFields
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`);

export const RestoreSegmentDocument = graphql(`
  mutation RestoreSegment($id: ID!, $revision: Int!) {
    result: restoreSegment(input: { id: $id, revision: $revision }) {
      __typename
      ... on SegmentPayload {
        segment {
          ...SegmentFields
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`);

export const SegmentHistoryDocument = graphql(`
  query SegmentHistory($id: ID!) {
    node(id: $id) {
      id
      ... on Segment {
        revision
        revisions {
          revision
          text
          editedAt
          editedBy
        }
      }
    }
  }
`);

export const RedecodeDocument = graphql(`
  mutation Redecode($id: ID!, $spans: [SpanInput!]!) {
    result: redecode(input: { id: $id, spans: $spans }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);
