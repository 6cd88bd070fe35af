import { graphql } from '../gql';

export const SystemReportDocument = graphql(`
  query SystemReport {
    system {
      eventLoopDelayMsP99
      machine {
        host
        processor
        cores
        coresMachine
        loadAverage
        memoryBytesAvailable
        memoryBytesTotal
        system
        uptimeSeconds
      }
      container {
        cpuCoresMax
        memoryBytesMax
        memoryBytesUsed
      }
      disk {
        bytesFree
        bytesTotal
      }
      database {
        version
        sizeBytes
        connections
        connectionsMax
      }
      versions {
        name
        value
      }
      findings {
        level
        code
        title
        message
        fix
      }
      recommendations {
        model
        backend
        device
        host
        threads
        best
        concurrentJobs
        concurrentJobsMeasured
        audioSecondsPerSecond
        reason
      }
    }
  }
`);
