import { randomBytes } from 'node:crypto';
import { type Finding, ok, problem, warning } from '@voice-transcriber/doctor';

const MEGABYTE = 1e6;
const UPLOADED_BYTES = 20 * MEGABYTE;
/** The performance guide: 100 MB in less than 30 s. */
const ASKED_BYTES = 100 * MEGABYTE;
const ASKED_SECONDS = 30;
const UPLOAD_MILLISECONDS_MAX = 60_000;
const ANSWER_CHARACTERS_SHOWN = 200;

/**
 * Uploads a generated file by the tus protocol, at the address that clients use and through whatever stands before the server, and removes it again: no
 * transcription comes of it.
 */
export async function measureUpload({ url, apiKey }: { url: string; apiKey: string }): Promise<Finding> {
  const headers = { authorization: `Bearer ${apiKey}`, 'tus-resumable': '1.0.0' };
  const signal = AbortSignal.timeout(UPLOAD_MILLISECONDS_MAX);
  const startedAt = performance.now();
  try {
    const begun = await fetch(`${url}/uploads`, {
      method: 'POST',
      headers: { ...headers, 'upload-length': String(UPLOADED_BYTES), 'upload-metadata': 'filename ZG9jdG9yLndhdg==' },
      signal,
    });
    const location = begun.headers.get('location');
    if (begun.status !== 201 || location === null) return refused(begun.status, await begun.text());
    const address = new URL(location, `${url}/uploads`);
    try {
      const sent = await fetch(address, {
        method: 'PATCH',
        headers: { ...headers, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
        body: randomBytes(UPLOADED_BYTES),
        signal,
      });
      if (sent.status !== 204) return refused(sent.status, await sent.text());
      return judgeUpload((performance.now() - startedAt) / 1000);
    } finally {
      await fetch(address, { method: 'DELETE', headers, signal }).catch(() => undefined);
    }
  } catch (error) {
    const { message, cause } = error as Error;
    const why = (cause as Error | undefined)?.message || message;
    const fix =
      'Check the network and the proxy before the server: its limit (nginx: client_max_body_size), its timeouts, and that it passes /uploads on.';
    return problem('upload-speed', `an upload of 20 MB broke off: ${why}`, fix);
  }
}

function judgeUpload(seconds: number): Finding {
  const asked = (seconds * ASKED_BYTES) / UPLOADED_BYTES;
  const measured = `20 MB in ${seconds.toFixed(2)} s, so 100 MB take ${asked.toFixed(1)} s (asked: less than ${ASKED_SECONDS})`;
  if (asked < ASKED_SECONDS) return ok('upload-speed', measured);
  const fix = 'Check the network between here and the server, the proxy (buffering), and the disk of STORAGE_DIR.';
  return warning('upload-speed', measured, fix);
}

/** 413 from the server names MAX_FILE_SIZE in its answer; a proxy says nothing of the kind. */
function refused(status: number, answer: string): Finding {
  const measured = `an upload of 20 MB was refused with ${status}: ${answer.slice(0, ANSWER_CHARACTERS_SHOWN).trim()}`;
  const fixes: Readonly<Record<number, string>> = {
    413: 'Raise MAX_FILE_SIZE, or the limit of the proxy before the server (nginx: client_max_body_size).',
    429: 'All upload slots are taken: raise UPLOADS_CONCURRENT_MAX, or wait.',
    507: 'The disk of STORAGE_DIR is full: free some space.',
  };
  const fix = fixes[status] ?? 'Look into the logs of the server, and of the proxy before it.';
  return problem('upload-speed', measured, fix);
}
