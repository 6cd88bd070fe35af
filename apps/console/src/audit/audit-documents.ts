import { graphql } from '../gql';

export const AuditTargetsDocument = graphql(`
  query AuditTargets($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      id
      ... on Transcription {
        media {
          filename
        }
      }
      ... on Segment {
        text
      }
      ... on Model {
        name
      }
      ... on ModelPull {
        model
      }
      ... on ApiKey {
        name
      }
      ... on TranscriptionPreset {
        name
      }
      ... on Webhook {
        url
      }
      ... on Worker {
        instanceId
      }
    }
  }
`);

export const AuditLogDocument = graphql(`
  query AuditLog($first: Int!, $after: String) {
    auditLog(first: $first, after: $after) {
      nodes {
        id
        at
        actor
        action
        target
        requestId
        details {
          name
          value
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);
