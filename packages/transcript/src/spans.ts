export interface Span {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** What is left of a span where none of the ordered others lies. */
export function subtractSpans(span: Span, others: readonly Span[]): Span[] {
  const left: Span[] = [];
  let { startSeconds } = span;
  for (const other of others) {
    if (other.endSeconds <= startSeconds || other.startSeconds >= span.endSeconds) continue;
    if (other.startSeconds > startSeconds) left.push({ startSeconds, endSeconds: other.startSeconds });
    startSeconds = other.endSeconds;
  }
  if (startSeconds < span.endSeconds) left.push({ startSeconds, endSeconds: span.endSeconds });
  return left;
}

export function lengthOf({ startSeconds, endSeconds }: Span): number {
  return endSeconds - startSeconds;
}

export function totalSeconds(spans: readonly Span[]): number {
  return spans.reduce((total, span) => total + lengthOf(span), 0);
}
