import { graphql } from '../gql';

export const QueueDocument = graphql(`
  query QueueState($minutes: Int!) {
    queue {
      ...QueueFields
      audioSecondsPerSecond
      finishedPerMinute
      depthPoints(minutes: $minutes) {
        at
        waiting
        running
      }
    }
    transcriptions(states: [QUEUED], first: 20) {
      totalCount
      nodes {
        id
        priority
        createdAt
        audioSeconds
        media {
          id
          filename
          durationSeconds
        }
      }
    }
  }
`);
