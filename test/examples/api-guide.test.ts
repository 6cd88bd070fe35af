import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY_DIRECTORY, type Stack, startStack } from '@voice-transcriber/testkit';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GuideBlock, matchesAnswer, readGuide } from './read-guide.js';

const run = promisify(execFile);
const SEPARATOR = '@@@ end of block @@@';
const blocks = await readGuide(path.join(REPOSITORY_DIRECTORY, 'docs/api-guide.md'));
const commands = blocks.filter(({ language }) => language === 'sh');
const codeIn = (language: string): string => blocks.find((block) => block.language === language)?.code ?? '';

describe('the commands of the API guide, run in order', () => {
  let stack: Stack;
  let outputs: string[];
  beforeAll(async () => {
    stack = await startStack();
    const script = ['set -eu', ...commands.flatMap(({ code }) => [code, `printf '\\n${SEPARATOR}\\n'`])].join('\n');
    const { PATH = '', HOME = '/' } = process.env;
    const { stdout } = await run('sh', ['-c', script], {
      cwd: REPOSITORY_DIRECTORY,
      env: { PATH, HOME, VT_URL: stack.apiUrl, VT_API_KEY: stack.apiKey },
      timeout: 180_000,
    });
    outputs = stdout.split(SEPARATOR);
  });
  afterAll(() => stack.stop());

  test('all of them run', () => {
    expect(commands.length).toBeGreaterThanOrEqual(12);
    expect(outputs).toHaveLength(commands.length + 1);
  });

  const answered = commands.flatMap((block, index) =>
    block.answers.map((answer, place) => ({ name: `${block.heading}, line ${answer.line}`, answer, index, place })),
  );
  test.each(answered)('$name: the answer is what the guide prints', ({ answer, index }) => {
    expect(matchesAnswer(outputs[index] ?? '', answer), `${outputs[index]}\nis not\n${answer.code}`).toBe(true);
  });
});

describe('the code of the API guide that checks webhooks', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const body = '{"type":"transcription.completed","data":{"filename":"Grüße.mp3"}}';
  const sign = (at: Date): Record<string, string> => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': `v1,AAAA ${new Webhook(secret).sign('msg_1', at, body)}`,
  });
  const now = sign(new Date());
  const messages = [
    { expected: true, headers: now, body },
    { expected: false, headers: now, body: `${body} ` },
    { expected: false, headers: { ...now, 'webhook-id': 'msg_2' }, body },
    { expected: false, headers: sign(new Date(Date.now() - 3_600_000)), body },
  ];

  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'vt-guide-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test('in JavaScript it believes what is signed, and nothing else', async () => {
    const file = path.join(directory, 'check.mjs');
    await writeFile(file, codeIn('js'));
    const { isFromServer } = (await import(file)) as {
      isFromServer(secret: string, headers: Record<string, string>, body: string): boolean;
    };
    for (const message of messages) {
      expect(isFromServer(secret, message.headers, message.body)).toBe(message.expected);
    }
  });

  const hasPython = spawnSync('python3', ['--version']).status === 0;
  const title = `in Python it believes what is signed, and nothing else${hasPython ? '' : ' (skipped: no python3 found)'}`;
  test.skipIf(!hasPython)(title, async () => {
    const file = path.join(directory, 'check.py');
    const asking =
      'import json, sys\nfor message in json.loads(sys.argv[2]):\n    print(is_from_server(sys.argv[1], message["headers"], message["body"]))';
    await writeFile(file, `${codeIn('python')}\n${asking}\n`);
    const { stdout } = await run('python3', [file, secret, JSON.stringify(messages)]);
    expect(stdout.trim().split('\n')).toEqual(messages.map(({ expected }) => (expected ? 'True' : 'False')));
  });
});

test('an answer that differs from the guide is found', () => {
  const answer = (language: string, code: string): GuideBlock => ({
    language,
    code,
    line: 1,
    heading: '',
    answers: [],
  });
  expect(matchesAnswer('{"a":{"b":"x-1","c":2}}\n', answer('json', '{ "a": { "b": "x-…" } }'))).toBe(true);
  expect(matchesAnswer('{"a":{"b":"y-1"}}', answer('json', '{ "a": { "b": "x-…" } }'))).toBe(false);
  expect(matchesAnswer('{"a":[1]}', answer('json', '{ "a": [] }'))).toBe(false);
  expect(matchesAnswer('{"a":1}', answer('json', '{ "b": "…" }'))).toBe(false);
  expect(matchesAnswer('one\ntwo 3', answer('text', 'one\ntwo …'))).toBe(true);
  expect(matchesAnswer('one two', answer('text', 'two…one'))).toBe(false);
});
