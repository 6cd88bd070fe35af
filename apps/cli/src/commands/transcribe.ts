import { loadConfig } from '@voice-transcriber/config';
import type { ExportFormat, TranscriptionOptions } from '@voice-transcriber/client';
import { Command, Option } from 'commander';
import { EXIT_CODES } from '../cli-error.js';
import { requireClient } from '../transcribe/server.js';
import { transcribeFiles } from '../transcribe/transcribe-files.js';

const HELP = `
The transcript goes to standard output, progress to standard error. Ctrl-C cancels on the server too.

Examples:
  $ vt transcribe talk.mp3
  $ vt transcribe talk.mp3 --format srt > talk.srt
  $ vt transcribe *.m4a --format vtt --output subtitles/
  $ vt transcribe rede.ogg --language de --task translate
  $ vt transcribe call.wav --url https://transcribe.example.org --api-key vt_…

Exit codes:
  0    every file was transcribed
  1    some file failed, or only part of it could be transcribed
  2    wrong usage
  3    the server cannot be reached
  130  interrupted by Ctrl-C
`;

interface Options {
  format: ExportFormat;
  output?: string;
  model?: string;
  language?: string;
  task: 'transcribe' | 'translate';
  prompt?: string;
  priority: 'low' | 'normal' | 'high';
  url?: string;
  apiKey?: string;
}

export function createTranscribeCommand(): Command {
  return new Command('transcribe')
    .description('transcribe recordings on a running server')
    .argument('<file...>', 'recordings, in any format that ffmpeg reads')
    .addOption(
      new Option('-f, --format <format>', 'of the transcript')
        .choices(['txt', 'srt', 'vtt', 'json', 'csv', 'lrc'])
        .default('txt'),
    )
    .option('-o, --output <directory>', 'write one file per recording instead of standard output')
    .option('-m, --model <name>', "the model (the server's default otherwise)")
    .option('-l, --language <code>', 'such as en or de (detected otherwise)')
    .addOption(
      new Option('-t, --task <task>', 'translate gives English')
        .choices(['transcribe', 'translate'])
        .default('transcribe'),
    )
    .option('--prompt <text>', 'names and terms that occur, to spell them right')
    .addOption(
      new Option('--priority <priority>', 'place in the queue').choices(['low', 'normal', 'high']).default('normal'),
    )
    .option('--url <address>', 'the server (VT_URL)')
    .option('--api-key <key>', 'the key for it (VT_API_KEY)')
    .addHelpText('after', HELP)
    .action(async (files: string[], options: Options) => {
      const { client } = await requireClient(loadConfig(), options);
      // Fails now, with one message, rather than once for each file.
      await client.viewer();
      const abort = new AbortController();
      const interrupt = (): void => {
        if (abort.signal.aborted) process.exit(EXIT_CODES.interrupted);
        process.stderr.write('\nCancelling. Press Ctrl-C again to leave at once.\n');
        abort.abort();
      };
      process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
      process.exitCode = await transcribeFiles({
        client,
        files,
        format: options.format,
        outputDirectory: options.output,
        transcription: transcriptionOptions(options),
        signal: abort.signal,
      });
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    });
}

function transcriptionOptions({ model, language, task, prompt, priority }: Options): TranscriptionOptions {
  return {
    ...(model !== undefined && { model }),
    ...(language !== undefined && { language }),
    ...(prompt !== undefined && { prompt }),
    task: task === 'translate' ? 'TRANSLATE' : 'TRANSCRIBE',
    priority: priority === 'low' ? 'LOW' : priority === 'high' ? 'HIGH' : 'NORMAL',
  };
}
