import { graphql } from '../gql';

export const BenchmarkRunsDocument = graphql(`
  query BenchmarkRuns($first: Int!) {
    benchmarkRuns(first: $first) {
      totalCount
      nodes {
        id
        state
        baseline
        createdAt
        startedAt
        finishedAt
        host
        iterations
        error {
          code
          message
        }
        progress {
          cellsDone
          cellsTotal
          doing
          fraction
          etaSeconds
        }
        results {
          backend
          model
        }
      }
    }
  }
`);

export const BenchmarkOptionsDocument = graphql(`
  query BenchmarkOptions {
    models {
      id
      name
      installed
      default
    }
    backends {
      id
      name
      status
      devices {
        id
      }
    }
  }
`);

export const StartBenchmarkDocument = graphql(`
  mutation StartBenchmark($input: StartBenchmarkInput!) {
    result: startBenchmark(input: $input) {
      __typename
      ... on BenchmarkRunPayload {
        benchmarkRun {
          id
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`);

export const CancelBenchmarkDocument = graphql(`
  mutation CancelBenchmark($id: ID!) {
    result: cancelBenchmark(input: { id: $id }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const DeleteBenchmarkDocument = graphql(`
  mutation DeleteBenchmark($id: ID!) {
    result: deleteBenchmarkRun(input: { id: $id }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const SetBaselineDocument = graphql(`
  mutation SetBaseline($id: ID!) {
    result: setBenchmarkBaseline(input: { id: $id }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const BenchmarkEventsDocument = graphql(`
  subscription BenchmarkEvents($id: ID!) {
    benchmarkEvents(id: $id) {
      id
      state
      baseline
      createdAt
      startedAt
      finishedAt
      host
      iterations
      error {
        code
        message
      }
      progress {
        cellsDone
        cellsTotal
        doing
        fraction
        etaSeconds
      }
      audio {
        audioSeconds
        problems
        clips {
          name
        }
      }
      machine {
        backends {
          name
          value
        }
        cores
        coresMachine
        graphics
        host
        instructionSets
        memoryBytesTotal
        node
        processor
        product
        system
      }
      results {
        backend
        model
        device
        threads
        batch
        state
        stable
        loadSeconds
        error {
          code
          message
        }
        skippedClips
        summary {
          speed
          realTimeFactor
          cpuPercent
          cpuSeconds
          memoryBytesPeak
          firstWindowSeconds
          otherCores
          duration {
            p50
            minimum
            maximum
            standardDeviation
          }
          wordErrors {
            errors
            length
            rate
            low
            high
          }
        }
      }
    }
  }
`);

export const BenchmarkComparisonDocument = graphql(`
  query BenchmarkComparison($id: ID!, $with: ID) {
    benchmarkRun(id: $id) {
      id
      comparison(with: $with) {
        cautions
        cells {
          backend
          model
          device
          threads
          batch
          speed {
            before
            after
            ratio
            verdict
          }
          memory {
            before
            after
            ratio
            verdict
          }
          wordErrors {
            before
            after
            verdict
          }
        }
      }
    }
  }
`);

export const BenchmarkReportDocument = graphql(`
  query BenchmarkReport($id: ID!, $format: BenchmarkFormat!) {
    benchmarkRun(id: $id) {
      id
      report(format: $format)
    }
  }
`);
