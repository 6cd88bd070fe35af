import { readFile } from 'node:fs/promises';
import { wordErrorRate } from '@voice-transcriber/benchmark';
import { sharedAudio, startStack, waitFor, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query, send, upload } from '../api/requests.js';

const CALL = sharedAudio('call-2ch-8k.wav');
/** Words wrong of the mix with whisper.cpp 1.9 and tiny.en: what a transcript of the call may have. */
const RATE_MAX = 0.1;
const CHANNELS = ['L', 'R'];

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

interface Transcript {
  readonly id: string;
  readonly state: string;
  readonly channelMode: string;
  readonly audioSeconds: number;
  readonly text: string;
  readonly languages: { language: string; share: number }[];
  readonly coverage: { speechSeconds: number; coveredSeconds: number; uncovered: unknown[]; loops: unknown[] };
  readonly waveform: { peaks: number[]; secondsPerPoint: number };
  readonly timeline: { stage: string; seconds: number | null }[];
  readonly siblings: { id: string }[];
  readonly segments: {
    nodes: { text: string; channel: number | null; language: string; startSeconds: number; endSeconds: number }[];
  };
}

const READ = `query ($id: ID!) { transcription(id: $id) {
  id state channelMode audioSeconds text languages { language share }
  coverage { speechSeconds coveredSeconds uncovered { startSeconds endSeconds } loops { reason } }
  waveform(points: 200) { peaks secondsPerPoint } timeline { stage seconds } siblings { id }
  segments(first: 100) { nodes { text channel language startSeconds endSeconds } }
} }`;

async function transcribe(input: Record<string, unknown>): Promise<Transcript> {
  const created = await upload(stack, { file: await readFile(CALL ?? ''), filename: 'call.wav', input });
  const { id } = created.json.data.createTranscription.transcription;
  return waitFor(
    async () => {
      const { json } = await query(stack, READ, { id });
      return json.data.transcription.state === 'COMPLETED' ? (json.data.transcription as Transcript) : undefined;
    },
    { timeoutMilliseconds: 120_000, what: 'the transcript of the call' },
  );
}

async function referenceOf(channel: string): Promise<string> {
  return readFile(sharedAudio(`call-2ch-8k.${channel}.txt`) ?? '', 'utf8');
}

test.skipIf(CALL === undefined)(
  'each channel of a call has a transcript of its own, read as one conversation (needs call-2ch-8k of the shared clips)',
  async () => {
    const call = await transcribe({ channelMode: 'SEPARATE' });
    const { nodes } = call.segments;
    expect(call.channelMode).toBe('SEPARATE');
    expect(nodes.map(({ startSeconds }) => startSeconds)).toEqual(
      nodes.map(({ startSeconds }) => startSeconds).sort((left, right) => left - right),
    );
    let errors = 0;
    let words = 0;
    for (const [channel, name] of CHANNELS.entries()) {
      const heard = nodes.filter((segment) => segment.channel === channel);
      const rate = wordErrorRate(await referenceOf(name), heard.map(({ text }) => text).join(' '), { language: 'en' });
      console.log(`call-2ch-8k, channel ${channel + 1}: ${rate.errors} of ${rate.words} words wrong`);
      errors += rate.errors;
      words += rate.words;
      expect(heard.every(({ endSeconds }) => endSeconds <= call.audioSeconds)).toBe(true);
    }
    console.log(`call-2ch-8k, both channels apart: ${((100 * errors) / words).toFixed(1)} %, at most 10 %`);
    expect(errors / words).toBeLessThanOrEqual(RATE_MAX);

    expect(call.languages).toEqual([{ language: 'en', share: 1 }]);
    expect(call.coverage.loops).toEqual([]);
    expect(call.coverage.coveredSeconds / call.coverage.speechSeconds).toBeGreaterThan(0.9);
    expect(call.waveform.peaks).toHaveLength(200);
    expect(call.waveform.peaks.length * call.waveform.secondsPerPoint).toBeCloseTo(call.audioSeconds, 1);
    expect(Math.max(...call.waveform.peaks)).toBeGreaterThan(100);
    expect(call.timeline.map(({ stage }) => stage)).toEqual([
      'QUEUED',
      'PREPARING',
      'LOADING',
      'TRANSCRIBING',
      'FINISHING',
    ]);
    expect(call.timeline.every(({ seconds }) => seconds !== null && seconds >= 0)).toBe(true);

    const file = await send({
      url: `${stack.apiUrl}/transcriptions/${call.id}/export.srt`,
      headers: { authorization: `Bearer ${stack.apiKey}` },
    });
    expect(file.body).toContain('Channel 1: ');
    expect(file.body).toContain('Channel 2: ');
  },
);

test.skipIf(CALL === undefined)(
  'the same call mixed stays within its bound (needs call-2ch-8k of the shared clips)',
  async () => {
    const call = await transcribe({});
    expect(call.channelMode).toBe('MIXED');
    expect(call.segments.nodes.every(({ channel }) => channel === null)).toBe(true);
    const spoken = (await readFile(sharedAudio('call-2ch-8k.txt') ?? '', 'utf8')).replace(/^[LR]: /gmu, '');
    const rate = wordErrorRate(spoken, call.text, { language: 'en' });
    console.log(`call-2ch-8k, mixed: ${(100 * rate.rate).toFixed(1)} %, at most 10 % and a word`);
    expect(rate.errors).toBeLessThanOrEqual(Math.floor(RATE_MAX * rate.words) + 1);
    expect(call.siblings).toHaveLength(1);
  },
);
