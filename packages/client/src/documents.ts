/** The operations that are sent, checked against the server's schema by a test. */
const PROBLEM = 'code message';
const PROGRESS = 'fraction committedSeconds plannedSeconds chunksDone chunksTotal audioSecondsPerSecond etaSeconds';
const SEGMENT = 'id index startSeconds endSeconds text';
const TRANSCRIPTION = `
  id state task priority text language model backend device
  audioSeconds speechSeconds inferenceSeconds realTimeFactor wordCount lastSeq
  createdAt startedAt finishedAt
  error { ${PROBLEM} }
  warnings { ${PROBLEM} }
  progress { ${PROGRESS} }
  media { id filename sizeBytes durationSeconds }
`;
/** The text is left out of events: it would be sent whole with each of them. */
const TRANSCRIPTION_IN_EVENTS = TRANSCRIPTION.replace(' text ', ' ');
const ERRORS = `
  __typename
  ... on Error { code message }
`;

const MODEL_PULL = 'id model state bytesDone bytesTotal bytesPerSecond etaSeconds error { code message }';
const MODEL = `
  name size quantization languages fileBytes memoryBytesNeeded licence origin sha1 sha256
  default deletable embedded installed official
  pull { ${MODEL_PULL} }
  loadedOn { backend device memoryBytes busy worker { host } }
`;

const changing = (operation: string): string => `
  mutation ${operation}($input: TranscriptionIdInput!) {
    result: ${operation}(input: $input) { ${ERRORS} ... on TranscriptionPayload { transcription { ${TRANSCRIPTION} } } }
  }
`;

export const documents = {
  createTranscription: `
    mutation createTranscription($input: CreateTranscriptionInput!) {
      result: createTranscription(input: $input) {
        ${ERRORS}
        ... on CreateTranscriptionPayload { existing transcription { ${TRANSCRIPTION} } }
      }
    }
  `,
  transcription: `query transcription($id: ID!) { transcription(id: $id) { ${TRANSCRIPTION} } }`,
  transcriptions: `
    query transcriptions($first: Int, $after: String, $filter: TranscriptionFilter) {
      transcriptions(first: $first, after: $after, filter: $filter) {
        nodes { ${TRANSCRIPTION_IN_EVENTS} }
        pageInfo { hasNextPage endCursor }
      }
    }
  `,
  segments: `
    query segments($id: ID!, $after: String) {
      transcription(id: $id) {
        segments(first: 100, after: $after) {
          nodes { ${SEGMENT} confidence language channel words { text startSeconds endSeconds confidence } }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  `,
  cancelTranscription: changing('cancelTranscription'),
  pauseTranscription: changing('pauseTranscription'),
  resumeTranscription: changing('resumeTranscription'),
  retryTranscription: `
    mutation retryTranscription($input: RetryTranscriptionInput!) {
      result: retryTranscription(input: $input) { ${ERRORS} ... on TranscriptionPayload { transcription { ${TRANSCRIPTION} } } }
    }
  `,
  deleteTranscription: `
    mutation deleteTranscription($input: TranscriptionIdInput!) {
      result: deleteTranscription(input: $input) { ${ERRORS} ... on DeleteTranscriptionPayload { deletedId } }
    }
  `,
  viewer: `query viewer { viewer { name scope } limits { maxFileBytes defaultModel } }`,
  health: `
    query health {
      system { eventLoopDelayMsP99 findings { code subject level message fix } }
      transcriptions(first: 20, states: [COMPLETED]) { nodes { model backend device audioSeconds inferenceSeconds } }
    }
  `,
  transcriptionEvents: `
    subscription transcriptionEvents($id: ID!, $after: Int) {
      event: transcriptionEvents(id: $id, after: $after) {
        __typename
        ... on TranscriptionSnapshot { seq transcription { ${TRANSCRIPTION_IN_EVENTS} } segments { ${SEGMENT} } }
        ... on StateChanged { seq state error { ${PROBLEM} } transcription { ${TRANSCRIPTION_IN_EVENTS} } }
        ... on SegmentsAppended { seq segments { ${SEGMENT} } progress { ${PROGRESS} } }
        ... on ProgressMade { seq progress { ${PROGRESS} } }
        ... on SegmentEdited { seq segment { ${SEGMENT} } }
        ... on WarningRaised { seq warning { ${PROBLEM} } }
      }
    }
  `,
  models: `query models { models { ${MODEL} } }`,
  modelPull: `query modelPull($id: ID!) { node(id: $id) { ... on ModelPull { ${MODEL_PULL} } } }`,
  pullModel: `
    mutation pullModel($input: ModelNameInput!) {
      result: pullModel(input: $input) { ${ERRORS} ... on PullModelPayload { pull { ${MODEL_PULL} } } }
    }
  `,
  cancelModelPull: `
    mutation cancelModelPull($input: ModelPullIdInput!) {
      result: cancelModelPull(input: $input) { ${ERRORS} ... on ModelPullPayload { pull { ${MODEL_PULL} } } }
    }
  `,
  verifyModel: `
    mutation verifyModel($input: ModelNameInput!) {
      result: verifyModel(input: $input) { ${ERRORS} ... on VerifyModelPayload { intact official sha256 fileBytes seconds } }
    }
  `,
  deleteModel: `
    mutation deleteModel($input: ModelNameInput!) {
      result: deleteModel(input: $input) { ${ERRORS} ... on DeleteModelPayload { deletedName } }
    }
  `,
  unloadModel: `
    mutation unloadModel($input: ModelNameInput!) {
      result: unloadModel(input: $input) { ${ERRORS} ... on UnloadModelPayload { model { name } } }
    }
  `,
  importModel: `
    mutation importModel($input: ImportModelInput!) {
      result: importModel(input: $input) { ${ERRORS} ... on ImportModelPayload { model { ${MODEL} } } }
    }
  `,
} as const;
