import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a sender whose upload was refused may go on sending, so that it gets to read the answer before the connection ends. */
const LINGER_MILLISECONDS = 3000;

/**
 * After an answer that came before the whole body: throws the rest away for a moment, then ends the connection. Ending it at once (as
 * "Connection: close" does, also when the client asks for it) makes most clients report a broken connection instead of our answer; reading
 * on for ever would let a refused upload occupy us.
 */
export function leaveBodyAfterAnswer(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  const asksToClose = !response.shouldKeepAlive;
  response.shouldKeepAlive = true;
  response.once('finish', () => {
    const timer = setTimeout(() => request.destroy(), LINGER_MILLISECONDS);
    const stop = (): void => clearTimeout(timer);
    const done = (): void => {
      stop();
      if (asksToClose) socket.end();
    };
    if (request.readableEnded || request.destroyed) return done();
    request.once('end', done);
    request.once('close', stop);
    request.unpipe();
    request.resume();
  });
}
