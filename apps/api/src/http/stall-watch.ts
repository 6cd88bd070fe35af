import type { Socket } from 'node:net';

/** Below this a sender holds a slot without getting anywhere. */
const BYTES_PER_SECOND_MIN = 1024;

/**
 * Calls `onStall` once when fewer than 1 KiB/s arrived during a whole `stallSeconds`. Looks at the socket's counter, so it costs nothing per
 * byte, and it also notices when we are the ones who stopped reading (a full disk). Returns how to stop watching.
 */
export function watchForStall(
  socket: Socket,
  { stallSeconds }: { stallSeconds: number },
  onStall: () => void,
): () => void {
  let bytesBefore = socket.bytesRead;
  const timer = setInterval(() => {
    const bytesArrived = socket.bytesRead - bytesBefore;
    bytesBefore = socket.bytesRead;
    if (bytesArrived >= stallSeconds * BYTES_PER_SECOND_MIN) return;
    clearInterval(timer);
    onStall();
  }, stallSeconds * 1000);
  timer.unref();
  return () => clearInterval(timer);
}
