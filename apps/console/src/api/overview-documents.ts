import { graphql } from '../gql';

export const OverviewDocument = graphql(`
  query Overview($minutes: Int!) {
    overview(minutes: $minutes) {
      running
      waiting
      failed
      audioHoursDay
      realTimeFactorNow
      waitSecondsP50
      waitSecondsP95
      waitSecondsP99
      computeSecondsP50
      computeSecondsP95
      computeSecondsP99
      points {
        at
        finished
        failed
        audioSeconds
        queueDepth
        waitSecondsP50
        waitSecondsP95
        waitSecondsP99
        computeSecondsP50
        computeSecondsP95
        computeSecondsP99
      }
      failures {
        code
        message
        count
        lastAt
        exampleId
      }
      alerts {
        level
        code
        message
      }
    }
  }
`);

export const OverviewMetricsDocument = graphql(`
  query OverviewMetrics($minutes: Int!) {
    systemMetrics(minutes: $minutes) {
      ...ResourceFields
    }
  }
`);

export const OverviewWorkersDocument = graphql(`
  query OverviewWorkers {
    workers {
      id
      host
      state
      slots
      slotsBusy
      cpuPercent
      memoryBytes
      heartbeatAt
      loadedModels {
        model
        backend
        device
      }
    }
  }
`);
