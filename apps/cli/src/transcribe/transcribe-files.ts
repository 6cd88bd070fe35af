import type { Client, ExportFormat, Transcription, TranscriptionOptions } from '@voice-transcriber/client';
import { ClientError } from '@voice-transcriber/client';
import { EXIT_CODES, type ExitCode } from '../cli-error.js';
import { failureText } from '../failure-text.js';
import { progressText, uploadText } from '../terminal/progress-text.js';
import { createStatusLine, type StatusLine } from '../terminal/status-line.js';
import { formatSeconds, paint } from '../terminal/style.js';
import { planOutputFiles, writeOutputFile } from './output-files.js';

export interface TranscribeFilesOptions {
  client: Client;
  files: readonly string[];
  format: ExportFormat;
  /** Standard output when absent. */
  outputDirectory: string | undefined;
  transcription: TranscriptionOptions;
  signal: AbortSignal;
}

interface Outcome {
  code: ExitCode;
  /** What goes to standard output. */
  text: string | undefined;
}

/** More at once would only wait in the server's queue, and send recordings over the line against each other. */
const FILES_AT_ONCE = 3;

/** Transcribes all files, a few at once; results come in the order of the files. Returns the worst exit code. */
export async function transcribeFiles(options: TranscribeFilesOptions): Promise<ExitCode> {
  const { files, outputDirectory, format } = options;
  const status = createStatusLine(process.stderr);
  const shown = new Map<string, string>();
  const paths = outputDirectory === undefined ? [] : planOutputFiles(files, outputDirectory, format);
  const show = (file: string, text: string, step: string): void => {
    shown.set(file, text);
    if (files.length === 1) status.show(text, step);
    else if (process.stderr.isTTY)
      status.show([...shown].map(([name, part]) => `${name} ${part.slice(25)}`).join('  │  '), step);
    else status.show(`${file}: ${text}`, `${file} ${step}`);
  };

  const outcomes: Promise<Outcome>[] = [];
  const running = new Set<Promise<Outcome>>();
  let printed = Promise.resolve();
  for (const [index, file] of files.entries()) {
    while (running.size >= FILES_AT_ONCE) await Promise.race(running);
    const outcome = transcribeOne(options, file, paths[index], show, status).finally(() => {
      shown.delete(file);
      running.delete(outcome);
    });
    running.add(outcome);
    outcomes.push(outcome);
    printed = printed.then(async () => {
      const { text } = await outcome;
      if (text === undefined) return;
      status.clear();
      process.stdout.write(
        outputDirectory === undefined ? formatForOutput(text, file, files.length, format) : `${text}\n`,
      );
    });
  }
  await printed;
  status.clear();
  const codes = (await Promise.all(outcomes)).map(({ code }) => code);
  return Math.max(...codes) as ExitCode;
}

async function transcribeOne(
  { client, format, transcription: wanted, signal }: TranscribeFilesOptions,
  file: string,
  path: string | undefined,
  show: (file: string, text: string, step: string) => void,
  status: StatusLine,
): Promise<Outcome> {
  const startedAt = Date.now();
  try {
    signal.throwIfAborted();
    const transcription = await client.transcribe(file, wanted, {
      signal,
      onUpload: (sent, total) => {
        show(file, uploadText(sent, total), 'uploading');
      },
      onProgress: (progress, state) => {
        show(file, progressText(progress, state), state);
      },
    });
    const text = await client.export(transcription.id, format);
    if (path !== undefined) await writeOutputFile(path, text);
    status.print(`${file}: ${summary(transcription, (Date.now() - startedAt) / 1000)}`);
    for (const { message } of transcription.warnings) status.print(paint('yellow', `  ${message}`, process.stderr));
    const isWhole = transcription.state === 'COMPLETED';
    if (!isWhole)
      status.print(
        paint(
          'yellow',
          `  Only part of it could be transcribed: ${transcription.error?.message ?? ''}`,
          process.stderr,
        ),
      );
    return { code: isWhole ? EXIT_CODES.ok : EXIT_CODES.failed, text: path ?? text };
  } catch (error) {
    if (signal.aborted) return { code: EXIT_CODES.interrupted, text: undefined };
    const text = failureText(error);
    status.print(paint('red', text.includes(file) ? text : `${file}: ${text}`, process.stderr));
    const isAway = error instanceof ClientError && error.code === 'server-unreachable';
    return { code: isAway ? EXIT_CODES.unreachable : EXIT_CODES.failed, text: undefined };
  }
}

function summary({ audioSeconds, language, model }: Transcription, wallSeconds: number): string {
  const facts = [language, model].filter(Boolean).join(', ');
  return `${formatSeconds(audioSeconds ?? 0)} of audio in ${formatSeconds(wallSeconds)}${facts ? ` (${facts})` : ''}`;
}

/** Several results on one output are told apart as `head` does it; JSON stays one document per line. */
function formatForOutput(text: string, file: string, count: number, format: ExportFormat): string {
  const ended = text.endsWith('\n') ? text : `${text}\n`;
  if (count === 1) return ended;
  if (format === 'json') return `${JSON.stringify({ file, ...(JSON.parse(text) as object) })}\n`;
  return `==> ${file} <==\n${ended}\n`;
}
