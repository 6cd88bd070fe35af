import { graphql } from '../gql';

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

export const PresetsDocument = graphql(`
  query Presets {
    presets {
      id
      name
      model
      backend
      device
      language
      task
      prompt
      wordTimes
      channelMode
      priority
    }
  }
`);
