/** A stretch of a recording. */
export interface Span {
  readonly startSeconds: number;
  readonly endSeconds: number;
}
