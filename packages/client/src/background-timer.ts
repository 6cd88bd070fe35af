/** A timer that keeps no Node process alive; in browsers every timer is like that. */
export function setBackgroundTimer(callback: () => void, milliseconds: number): () => void {
  const timer: unknown = setTimeout(callback, milliseconds);
  (timer as { unref?: () => void }).unref?.();
  return () => clearTimeout(timer as number);
}
