import type { Viewer } from '../access/viewer.js';
import type { AccessControl } from '../access/access-control.js';
import type { AudioTools } from '@voice-transcriber/audio';
import type { Config } from '@voice-transcriber/config';
import type { Database } from '@voice-transcriber/db';
import type { EventBell } from '@voice-transcriber/events';
import type { ModelStore } from '@voice-transcriber/inference';
import type { Storage } from '@voice-transcriber/storage';
import type { Logger } from '@voice-transcriber/telemetry';
import type { ApiMetrics, MetricsRegistry } from '@voice-transcriber/telemetry/metrics';
import type { ConsoleHub } from '../live/console-hub.js';
import type { ResumableUploads } from '../resumable/resumable-uploads.js';
import type { Loaders } from './loaders.js';

/** What the process holds for all requests. */
export interface Services {
  readonly config: Config;
  readonly logger: Logger;
  readonly db: Database;
  readonly access: AccessControl;
  readonly storage: Storage;
  readonly resumableUploads: ResumableUploads;
  readonly modelStore: ModelStore;
  /** Found on first use: the API also serves while ffprobe is missing, and says so at an upload. */
  readonly findTools: () => Promise<AudioTools>;
  readonly bell: EventBell;
  readonly consoleHub: ConsoleHub;
  readonly metrics: ApiMetrics;
  readonly metricsRegistry: MetricsRegistry;
}

/** What one request brings. */
export interface GraphqlContext {
  readonly services: Services;
  readonly viewer: Viewer;
  readonly loaders: Loaders;
  readonly requestId: string;
  /** Aborts when the client is gone; for uploads also when its bytes stop arriving. */
  readonly signal: AbortSignal;
  /** W3C `traceparent` that the client sent along. */
  readonly traceParent: string | undefined;
}
