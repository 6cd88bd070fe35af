/** What GraphiQL shows at the first visit: an operation to try for each thing that people come for. Each runs as it stands, apart from ids. */
export const GRAPHIQL_TABS: readonly { readonly query: string; readonly variables?: string }[] = [
  {
    query: `# The newest transcriptions.
query Transcriptions {
  transcriptions(first: 10) {
    nodes {
      id
      state
      media { filename durationSeconds }
      progress { fraction etaSeconds }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  },
  {
    query: `# One transcription with its text, and why this backend was taken.
query Transcription($id: ID!) {
  transcription(id: $id) {
    state
    text
    model
    backend
    device
    candidates { model backend device chosen reason }
    warnings { code message }
    segments(first: 20) {
      nodes { startSeconds endSeconds text confidence }
    }
  }
}
`,
    variables: '{ "id": "" }',
  },
  {
    query: `# Live: a snapshot first, then what happens. "after" goes on behind a number.
subscription Follow($id: ID!, $after: Int) {
  transcriptionEvents(id: $id, after: $after) {
    __typename
    ... on TranscriptionSnapshot { seq transcription { state } segments { text } }
    ... on SegmentsAppended { seq segments { startSeconds text } progress { fraction etaSeconds } }
    ... on StateChanged { seq state error { code message } }
    ... on WarningRaised { seq warning { code message } }
  }
}
`,
    variables: '{ "id": "" }',
  },
  {
    query: `# Words that were said in any transcript. Quotes keep words together, a minus leaves out.
query Search($words: String!) {
  searchTranscripts(query: $words, first: 10) {
    nodes {
      headline { text match }
      segment { startSeconds }
      transcription { id media { filename } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
    variables: '{ "words": "country" }',
  },
  {
    query: `# What to look at again in a transcript: languages, speech without text, loops, low confidence.
query Coverage($id: ID!) {
  transcription(id: $id) {
    languages { language share }
    coverage {
      speechSeconds
      coveredSeconds
      uncovered { startSeconds endSeconds reason }
      loops { startSeconds endSeconds reason }
      lowConfidence { startSeconds endSeconds reason }
    }
  }
}
`,
    variables: '{ "id": "" }',
  },
  {
    query: `# What the machine can do: workers, backends (and what is wrong with those that are missing), models.
query Machine {
  workers { instanceId state slots slotsBusy loadedModels { model backend device memoryBytes } }
  backends { name status version reason fix devices { id name memoryBytesTotal } }
  models { name installed default fileBytes memoryBytesNeeded languages }
  queue { paused waiting running failed oldestWaitingSeconds }
}
`,
  },
  {
    query: `# Stops the work for a transcription within a second; what was heard so far stays.
mutation Cancel($id: ID!) {
  cancelTranscription(input: { id: $id }) {
    __typename
    ... on TranscriptionPayload { transcription { state } }
    ... on Error { code message }
  }
}
`,
    variables: '{ "id": "" }',
  },
  {
    query: `# The same for many: ids, or all that a filter lets through. "remaining" is left for the next request.
mutation RetryFailed {
  retryTranscriptions(input: { selection: { filter: { states: [FAILED] } } }) {
    __typename
    ... on BulkPayload { matched changed remaining refused { id code message } }
    ... on Error { code message }
  }
}
`,
  },
];
