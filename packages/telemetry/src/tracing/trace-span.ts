import {
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';

export type TraceAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A stretch of work in a trace. Where traces are off it costs nothing and says nothing. */
export interface TraceSpan {
  /** W3C `traceparent` of this span, for whoever works below it, in this process or another; undefined where traces are off. */
  readonly traceParent: string | undefined;
  set(attributes: TraceAttributes): void;
  /** With an error it counts as failed. What is never ended is never exported. Idempotent. */
  end(result?: { readonly error?: unknown }): void;
}

export interface SpanOptions {
  /** `traceparent` of the span above; undefined or unreadable = this one begins a trace. */
  readonly parent?: string | null | undefined;
  /** Default internal. */
  readonly kind?: 'server' | 'client';
  readonly attributes?: TraceAttributes;
  /** Default now. */
  readonly startedAt?: Date;
  /**
   * 16 hexadecimal digits, for a span that another process may have to end: whoever ends it starts it anew under the same id, so that what lies below it keeps
   * its parent.
   */
  readonly spanId?: string;
}

/** What spans are made with, once traces are on. */
export interface SpanMaker {
  readonly tracer: Tracer;
  /** Runs `start`, which starts one span, so that this gets the id. */
  readonly withSpanId: <Result>(spanId: string | undefined, start: () => Result) => Result;
}

let maker: SpanMaker | undefined;

/** One per process: `startTracing` calls it. */
export function useSpanMaker(given: SpanMaker | undefined): void {
  maker = given;
}

const NO_SPAN: TraceSpan = { traceParent: undefined, set: () => undefined, end: () => undefined };

export function startSpan(name: string, options: SpanOptions = {}): TraceSpan {
  if (maker === undefined) return NO_SPAN;
  const { tracer, withSpanId } = maker;
  const { parent, kind, attributes, startedAt, spanId } = options;
  const span = withSpanId(spanId, () =>
    tracer.startSpan(
      name,
      {
        kind: kind === undefined ? SpanKind.INTERNAL : kind === 'server' ? SpanKind.SERVER : SpanKind.CLIENT,
        ...(startedAt !== undefined && { startTime: startedAt }),
      },
      contextOf(parent),
    ),
  );
  const set = (given: TraceAttributes): void => void span.setAttributes(definedOf(given));
  if (attributes !== undefined) set(attributes);
  return {
    traceParent: traceParentOf(span),
    set,
    end({ error } = {}) {
      if (!span.isRecording()) return;
      if (error !== undefined) markFailed(span, error);
      span.end();
    },
  };
}

function contextOf(parent: string | null | undefined): Context {
  const spanContext = parent ? parseTraceParent(parent) : null;
  if (spanContext === null || !isSpanContextValid(spanContext)) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { ...spanContext, isRemote: true });
}

function traceParentOf(span: Span): string | undefined {
  const spanContext = span.spanContext();
  if (!isSpanContextValid(spanContext)) return undefined;
  const flags = (spanContext.traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, '0');
  return `00-${spanContext.traceId}-${spanContext.spanId}-${flags}`;
}

/** By its code, and its words, which are written for people and quote no transcript. */
function markFailed(span: Span, error: unknown): void {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  span.setAttribute('error.type', typeof code === 'string' ? code : 'unexpected');
  span.setStatus({ code: SpanStatusCode.ERROR, message: typeof message === 'string' ? message : String(error) });
}

function definedOf(attributes: TraceAttributes): Record<string, string | number | boolean> {
  const defined = Object.entries(attributes).filter((entry): entry is [string, string | number | boolean] => {
    return entry[1] !== undefined;
  });
  return Object.fromEntries(defined);
}
