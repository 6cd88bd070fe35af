import type { Logger } from '../logger.js';

export interface TracingOptions {
  /** Where spans are sent to, by OTLP over HTTP; undefined: traces are off, and nothing of OpenTelemetry's SDK is loaded. */
  readonly tracesUrl: string | undefined;
  /** Spans are collected for so long before they are sent: what a killed process loses. */
  readonly exportDelayMilliseconds: number;
  /** `api`, `worker`. */
  readonly process: string;
  readonly instanceId: string;
  readonly version: string;
  readonly logger: Logger;
}
