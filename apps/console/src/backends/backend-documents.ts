import { graphql } from '../gql';

export const BackendsDocument = graphql(`
  query Backends {
    backends {
      id
      name
      host
      status
      reason
      fix
      version
      facts {
        name
        value
      }
      devices {
        id
        kind
        name
        memoryBytesTotal
      }
      selfTests {
        ok
        model
        text
        problem
        testedAt
        deviceRequested
        deviceActual
        audioSecondsPerSecond
        capabilities {
          wordTimes
          translation
          languageDetection
          windowsAtOnce
          cancellation
        }
      }
    }
    transcriptions(first: 50) {
      nodes {
        id
        attempts(first: 10) {
          nodes {
            id
            kind
            backend
            outcome
          }
        }
      }
    }
  }
`);
