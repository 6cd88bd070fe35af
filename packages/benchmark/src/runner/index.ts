export { runBenchmark, type BenchmarkEvent, type RunBenchmarkOptions } from './run-benchmark.js';
