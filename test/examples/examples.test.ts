import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY_DIRECTORY, type Stack, startStack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const JFK = 'test/fixtures/audio/jfk.flac';
const SAID = /ask not what your country can do for you/i;
const SUBTITLE = /^1\n00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}\n/;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

/** As a person would, from the repository. Fails when the program does. */
async function runExample(program: string, ...programArguments: string[]): Promise<{ stdout: string; stderr: string }> {
  const { PATH = '', HOME = '/' } = process.env;
  return run(program, programArguments, {
    cwd: REPOSITORY_DIRECTORY,
    env: {
      PATH,
      HOME,
      VT_URL: stack.apiUrl,
      VT_API_KEY: stack.apiKey,
      PIECE_BYTES: '300000',
      TMPDIR: stack.dataDirectory,
    },
    timeout: 120_000,
  });
}

describe('the examples in TypeScript', () => {
  const example = (name: string, ...rest: string[]) =>
    runExample(process.execPath, path.join('examples/typescript/dist', `${name}.js`), ...rest);

  test('transcribe prints subtitles, and progress beside them', async () => {
    const { stdout, stderr } = await example('transcribe', JFK);
    expect(stdout).toMatch(SUBTITLE);
    expect(stdout.replaceAll('\n', ' ')).toMatch(/what your country can do/i);
    expect(stderr).toContain('uploading: ');
    expect(stderr).toMatch(/TRANSCRIBING: \d+ %/);
  });

  test('transcribe tells what to do about a file that is none', async () => {
    await expect(example('transcribe', 'README.md')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/upload-refused: .* Send another file/) as string,
    });
  });

  test.each([['server-sent events'], ['WebSocket', '--websocket']])(
    'live-text shows the text over %s',
    async (_how, ...transport) => {
      const { stdout, stderr } = await example('live-text', JFK, ...transport);
      expect(stdout).toMatch(SAID);
      expect(stderr).toContain('COMPLETED');
    },
  );

  test('upload-with-resume uploads, and prints the text', async () => {
    expect((await example('upload-with-resume', JFK)).stdout).toMatch(SAID);
  });

  test("openai-client gets text, words and a stream from OpenAI's own client", async () => {
    const { stdout } = await example('openai-client', JFK);
    expect(stdout.match(new RegExp(SAID, 'gi'))).toHaveLength(2);
    expect(stdout).toMatch(/^\d\.\d\d to \d\.\d\d: Americans/m);
  });
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!hasPython)(`the examples in Python${hasPython ? '' : ' (skipped: no python3 found)'}`, () => {
  test('transcribe follows the events and prints subtitles', async () => {
    const { stdout, stderr } = await runExample('python3', 'examples/python/transcribe.py', JFK);
    expect(stdout).toMatch(SUBTITLE);
    expect(stderr).toMatch(SAID);
  });

  test('transcribe tells what is wrong with a file', async () => {
    await expect(runExample('python3', 'examples/python/transcribe.py', 'README.md')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('file-not-audio: ') as string,
    });
  });

  test('openai_route prints text and subtitles', async () => {
    const { stdout } = await runExample('python3', 'examples/python/openai_route.py', JFK);
    expect(stdout).toMatch(SAID);
    expect(stdout).toContain('WEBVTT');
  });
});

describe('the examples with curl', () => {
  const script = async (name: string, ...rest: string[]): Promise<string> =>
    (await runExample('sh', path.join('examples/curl', `${name}.sh`), ...rest)).stdout.trim();

  test.each(['upload-multipart', 'upload-resumable'])('%s prints an id to follow and export', async (name) => {
    const id = await script(name, JFK);
    expect(Buffer.from(id, 'base64url').toString()).toMatch(/^Transcription:/);
    const events = (await script('follow', id)).split('\n').map((line) => JSON.parse(line) as object);
    expect(events[0]).toMatchObject({ data: { transcriptionEvents: { __typename: 'TranscriptionSnapshot' } } });
    expect(events.length).toBeGreaterThan(1);
    expect(await script('export', id, 'txt')).toMatch(SAID);
    expect(await script('export', id, 'srt')).toMatch(SUBTITLE);
  });

  test('what is refused ends a script with an error and the reason', async () => {
    await expect(script('upload-multipart', 'README.md')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('file-not-audio') as string,
    });
    await expect(script('follow', 'nothing')).rejects.toMatchObject({ code: 1 });
  });

  test("openai uses every route of OpenAI's API", async () => {
    const answer = await script('openai', JFK);
    expect(answer).toContain('"object":"list"');
    expect(answer).toContain('"word":"Americans');
    expect(answer).toContain('transcript.text.done');
    expect(answer.match(/your country can do/gi)?.length).toBeGreaterThanOrEqual(4);
  });
});
