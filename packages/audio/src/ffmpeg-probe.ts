import { execFile } from 'node:child_process';
import { AudioError } from './audio-error.js';
import { createByteReader } from './byte-reader.js';
import { explainFailure, inputArguments, tookTooLong, toolMissing, type FfmpegInput } from './ffmpeg-input.js';

const PROBE_SECONDS_MAX = 30;
const PROBE_OUTPUT_BYTES_MAX = 1024 * 1024;

/**
 * What ffprobe tells about the first audio track and the container, in the layout of its JSON. Where ffprobe itself crashes, as the packaged one does on
 * MPEG transport streams, ffmpeg is asked instead. Throws AudioError.
 */
export async function runProbe(input: FfmpegInput): Promise<unknown> {
  const entries =
    'stream=codec_name,channels,channel_layout,sample_rate,duration,bit_rate:format=duration,bit_rate,nb_streams';
  const options = ['-v', 'error', '-hide_banner', '-select_streams', 'a:0', '-show_entries', entries, '-of', 'json'];
  const answer = await runTool(input.tools.ffprobePath, [...options, ...inputArguments(input)], input.signal);
  if (answer.crashed) return askFfmpeg(input);
  if (answer.failed) throw explainFailure(answer.messages);
  try {
    return JSON.parse(answer.output.toString('utf8')) as unknown;
  } catch (error) {
    throw new AudioError(
      'decode-failed',
      'The recording could not be examined. Convert it to WAV or FLAC, then upload it again.',
      { cause: error },
    );
  }
}

/** Lets ffmpeg write the first samples as a WAV file, whose header has the track's channels and rate; what it says has the codec and the length. */
async function askFfmpeg(input: FfmpegInput): Promise<unknown> {
  const output = ['-map', '0:a:0', '-vn', '-sn', '-dn', '-t', '0.1', '-c:a', 'pcm_s16le', '-f', 'wav', 'pipe:1'];
  const options = ['-nostdin', '-hide_banner', '-threads', '1', ...inputArguments(input), ...output];
  const answer = await runTool(input.tools.ffmpegPath, options, input.signal);
  if (answer.failed) throw explainFailure(answer.messages);
  const header = createByteReader(answer.output);
  const [, hours, minutes, seconds] = /Duration: (\d+):(\d+):(\d+\.\d+)/.exec(answer.messages) ?? [];
  const durationSeconds = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return {
    streams: [
      {
        codec_name: /Stream #0:.*? Audio: (\w+)/.exec(answer.messages)?.[1],
        channels: header.uint16(22, true),
        sample_rate: header.uint32(24, true),
      },
    ],
    format: { duration: durationSeconds },
  };
}

interface ToolAnswer {
  readonly output: Buffer;
  readonly messages: string;
  readonly failed: boolean;
  /** Ended by a signal that we did not send. */
  readonly crashed: boolean;
}

async function runTool(path: string, options: readonly string[], signal: AbortSignal | undefined): Promise<ToolAnswer> {
  const answer = await new Promise<ToolAnswer>((done, failed) => {
    execFile(
      path,
      options,
      {
        encoding: 'buffer',
        timeout: PROBE_SECONDS_MAX * 1000,
        killSignal: 'SIGKILL',
        maxBuffer: PROBE_OUTPUT_BYTES_MAX,
        signal,
      },
      (error, output, messages) => {
        if (error !== null && typeof error.code === 'string' && error.syscall !== undefined)
          failed(toolMissing(path, error));
        else if (
          error?.killed === true &&
          error.code !== 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER' &&
          signal?.aborted !== true
        ) {
          failed(tookTooLong(`The recording could not be examined within ${PROBE_SECONDS_MAX} s`));
        } else {
          const crashed = error?.killed === false && typeof error.signal === 'string';
          done({ output, messages: messages.toString('utf8'), failed: error !== null, crashed });
        }
      },
    );
  });
  signal?.throwIfAborted();
  return answer;
}
