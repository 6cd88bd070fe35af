import { resolve } from 'node:path';
import { AudioError, decodeFailed, fileTruncated } from './audio-error.js';
import type { AudioTools } from './audio-tools.js';
import type { SniffedContainer } from './containers.js';

export interface FfmpegInput {
  readonly inputPath: string;
  readonly container: SniffedContainer;
  readonly tools: AudioTools;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What every ffmpeg is told: one demuxer, local files only, no questions. A file cannot make it open another file or an address, whatever it holds: the
 * demuxer is forced, and protocols and nested demuxers are limited to what reading this one file takes.
 */
export function inputArguments({ inputPath, container }: FfmpegInput): string[] {
  const format = container.ffmpegInputFormat;
  return [
    '-protocol_whitelist',
    'file,pipe',
    '-format_whitelist',
    format,
    '-f',
    format,
    '-i',
    `file:${resolve(inputPath)}`,
  ];
}

/** Turns what ffmpeg or ffprobe said into the error that a person can act on. */
export function explainFailure(messages: string): AudioError {
  const lines = messages
    .split('\n')
    .map((line) =>
      line
        .replace(/^\[[^\]]*\]\s*/, '')
        .replace(/\S*file:\S+?: /, '')
        .trim(),
    )
    .filter((line) => line !== '' && !line.startsWith('Last message repeated'));
  if (/moov atom not found/.test(messages))
    return fileTruncated('its table of contents is missing', { messages: lines.slice(-3) });
  if (/matches no streams|does not contain any stream/.test(messages)) return noAudioTrack();
  return decodeFailed(lines.at(-1) ?? 'its content is not readable', { messages: lines.slice(-3) });
}

export function noAudioTrack(): AudioError {
  return new AudioError(
    'file-not-audio',
    'The file has no audio track. Choose a recording with sound and upload that.',
  );
}

/** A header and nothing behind it, as a recorder leaves that was stopped at once or could not write. */
export function noSound(): AudioError {
  return new AudioError(
    'file-not-audio',
    'The audio track is empty: it lasts 0 seconds. Check that the recording was saved, then upload it again.',
  );
}

/** Time alone does not tell a bad recording from a machine that is overloaded or was stopped for a while: it may be tried again. */
export function tookTooLong(what: string): AudioError {
  return new AudioError(
    'prepare-failed',
    `${what}. If this happens again on an idle machine, convert the recording to WAV or FLAC, then upload it again.`,
  );
}

/** `path` could not be run at all. */
export function toolMissing(path: string, cause: Error): AudioError {
  return new AudioError(
    'tools-missing',
    `${path} could not be started: ${cause.message}. Check FFMPEG_PATH and FFPROBE_PATH.`,
    {
      cause,
    },
  );
}
