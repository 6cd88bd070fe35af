export {
  ORDER_DEFAULTS,
  RESULT_STATES,
  RUN_STATES,
  type BackendFact,
  type BenchmarkAudio,
  type BenchmarkCell,
  type BenchmarkClip,
  type BenchmarkClipResult,
  type BenchmarkErrors,
  type BenchmarkIteration,
  type BenchmarkOrder,
  type BenchmarkProblem,
  type BenchmarkProgress,
  type BenchmarkResult,
  type BenchmarkResultState,
  type BenchmarkRun,
  type BenchmarkRunState,
  type MachineFacts,
  type ProfiledFunction,
} from './benchmark-run.js';
export { assembleRun } from './assemble-run.js';
export { errorRateDifferenceInterval, errorRateInterval, pooledRate } from './bootstrap.js';
export {
  compareRuns,
  type CellComparison,
  type FigureComparison,
  type RunComparison,
  type Verdict,
} from './compare-runs.js';
export {
  characterErrorRate,
  wordErrorRate,
  type CharacterErrorRate,
  type ErrorRate,
  type WordErrorRate,
} from './error-rate.js';
export { normalizeText } from './normalize-text.js';
export { BenchmarkError, parseOrder } from './parse-order.js';
export { planMatrix, type MatrixOffer } from './plan-matrix.js';
export { COMPARISON_FORMATS, formatComparison, type ComparisonFormat } from './reports/format-comparison.js';
export { formatReport, REPORT_FORMATS, type ReportFormat } from './reports/format-report.js';
export {
  coefficientOfVariation,
  describeDistribution,
  quantile,
  welchInterval,
  type Distribution,
  type Interval,
} from './statistics.js';
export { summarizeResult, type RateSummary, type ResultSummary } from './summarize-result.js';
