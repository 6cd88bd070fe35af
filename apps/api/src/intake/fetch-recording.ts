import { OutboundError, requestOutside } from '@voice-transcriber/outbound';
import type { ReceivedRecording, RecordingSource } from './receive-recording.js';
import { uploadFailure } from './upload-failure.js';
import { fileTooLargeMessage } from '../http/multipart-operation.js';

/** Below the deadline of the operation, so that the answer says what was wrong. */
const SECONDS_MAX = 180;
const REDIRECTS_MAX = 5;

/** Of this process: they take the disk and the network like uploads. */
let fetching = 0;

/** Fetches a recording from an address that a client named and hands it on as it comes. Nothing is kept of what fails. */
export async function fetchRecording(
  address: string,
  options: {
    readonly allowPrivate: boolean;
    readonly concurrentMax: number;
    readonly fileBytesMax: number;
    readonly signal: AbortSignal;
    readonly store: (recording: RecordingSource) => Promise<ReceivedRecording>;
  },
): Promise<ReceivedRecording> {
  const { allowPrivate, concurrentMax, fileBytesMax, signal, store } = options;
  if (fetching >= concurrentMax) {
    return failed('The server is fetching as many recordings as it may. Try again in a minute, or upload the file.');
  }
  fetching += 1;
  try {
    const { status, headers, url, body } = await requestOutside(address, {
      method: 'GET',
      // The bytes of the file, not of a compressed form of them.
      headers: { 'user-agent': 'voice-transcriber', 'accept-encoding': 'identity' },
      allowPrivate,
      redirectsMax: REDIRECTS_MAX,
      secondsMax: SECONDS_MAX,
      signal,
    });
    if (status !== 200) {
      body.destroy();
      return failed(`${url.host} answered with ${status} instead of a file. Check the address.`);
    }
    if (Number(headers['content-length'] ?? 0) > fileBytesMax) {
      body.destroy();
      const failure = uploadFailure('file-too-large', fileTooLargeMessage(fileBytesMax), fileBytesMax);
      return { ok: false, failure };
    }
    try {
      return await store({ filename: filenameOf(url), open: () => body });
    } catch (error) {
      // Where the answer itself broke off, whatever came of it is not ours.
      if (body.errored === null) throw error;
      return failed(`${url.host} broke its answer off. Try again, or upload the file.`);
    }
  } catch (error) {
    if (error instanceof OutboundError) return failed(error.message);
    throw error;
  } finally {
    fetching -= 1;
  }
}

function failed(message: string): ReceivedRecording {
  return { ok: false, failure: uploadFailure('url-failed', message) };
}

function filenameOf({ hostname, pathname }: URL): string {
  const last = pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last) || hostname;
  } catch {
    return last;
  }
}
