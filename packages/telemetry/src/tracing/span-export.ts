import { diag, DiagLogLevel } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { SpanIds } from './span-ids.js';
import type { SpanMaker } from './trace-span.js';
import type { TracingOptions } from './tracing-options.js';

/** Then the batch is given up. */
const EXPORT_MILLISECONDS_MAX = 5_000;

/** OpenTelemetry's SDK. It reads the standard variables for what is not given here: headers, compression, sampler, service name, resource attributes. */
export function createSpanExport(options: TracingOptions & { readonly tracesUrl: string }): {
  readonly maker: SpanMaker;
  readonly shutdown: () => Promise<void>;
} {
  const { logger } = options;
  const ignore = (): void => undefined;
  const warn = (message: string): void => logger.warn({ openTelemetry: message }, 'Traces have a problem.');
  diag.setLogger({ error: warn, warn, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
  const ids = new SpanIds();
  const own = resourceFromAttributes({
    'service.name': `voice-transcriber-${options.process}`,
    'service.instance.id': options.instanceId,
    'service.version': options.version,
  });
  const exporter = new OTLPTraceExporter({ url: options.tracesUrl, timeoutMillis: EXPORT_MILLISECONDS_MAX });
  const provider = new NodeTracerProvider({
    idGenerator: ids,
    // What an administrator says of the service counts before what we say.
    resource: own.merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [
      new BatchSpanProcessor(exporter, {
        scheduledDelayMillis: options.exportDelayMilliseconds,
        exportTimeoutMillis: EXPORT_MILLISECONDS_MAX,
      }),
    ],
  });
  return {
    maker: {
      tracer: provider.getTracer('voice-transcriber', options.version),
      withSpanId: (spanId, start) => ids.with(spanId, start),
    },
    shutdown: () => provider.shutdown(),
  };
}
