import { graphql } from '../gql';

export const SearchDocument = graphql(`
  query Search($query: String!, $after: String, $first: Int!, $language: String) {
    searchTranscripts(query: $query, after: $after, first: $first, language: $language) {
      nodes {
        headline {
          text
          match
        }
        segment {
          id
          startSeconds
          language
        }
        transcription {
          id
          createdAt
          language
          media {
            id
            filename
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);
