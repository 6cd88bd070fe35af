export { startTracing, type Tracing } from './start-tracing.js';
export { startSpan, type SpanOptions, type TraceAttributes, type TraceSpan } from './trace-span.js';
