import { ClientError } from '@voice-transcriber/client';

/** What a failure says to whoever sits at a terminal: for a server that does not answer, also what starts one. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isAway = error instanceof ClientError && error.code === 'server-unreachable';
  return isAway
    ? `${error.message} Start it with "vt up" (or "npm start"), or name another one with --url.`
    : error.message;
}
