import type { Segment } from '@voice-transcriber/backend-sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EXPORT_FORMATS, exportTranscript, mergeWindows, subtitleCues, type TranscriptDocument } from './index.js';
import { formatTimecode } from './timecode.js';

function parseTimecode(text: string): number {
  const [hours = '', minutes = '', seconds = '', milliseconds = ''] = text.split(/[:.,]/);
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(milliseconds);
}

function document(segments: TranscriptDocument['segments'], durationSeconds = 60): TranscriptDocument {
  return { title: 'A talk', language: 'en', durationSeconds, segments };
}

function segment(text: string, startSeconds: number, endSeconds: number, words: Segment['words'] = []): Segment {
  return { text, startSeconds, endSeconds, confidence: 0.9, words };
}

/** Sentences of Latin, Japanese and long words, with or without word times, as merging leaves them. */
const transcript = fc
  .array(
    fc.record({
      text: fc.array(
        fc.oneof(
          fc.stringMatching(/^[A-Za-zäöü]{1,12}[.,!?]?$/),
          fc.constantFrom('今日は、', '晴れです。', '&<b>', '-->', 'x'.repeat(90)),
        ),
        {
          minLength: 1,
          maxLength: 40,
        },
      ),
      seconds: fc.double({ min: 0.5, max: 29, noNaN: true }),
      pauseSeconds: fc.double({ min: 0, max: 4, noNaN: true }),
      timed: fc.boolean(),
    }),
    { maxLength: 6 },
  )
  .map((drawn): TranscriptDocument => {
    let endSeconds = 0;
    const segments = drawn.map(({ text, seconds, pauseSeconds, timed }) => {
      const startSeconds = endSeconds + pauseSeconds;
      endSeconds = startSeconds + seconds;
      const share = seconds / text.length;
      const words = text.map((word, index) => ({
        text: word,
        startSeconds: startSeconds + index * share,
        endSeconds: startSeconds + (index + 1) * share,
        confidence: 1,
      }));
      return segment(text.join(' '), startSeconds, endSeconds, timed ? words : []);
    });
    const window = { index: 0, startSeconds: 0, endSeconds: endSeconds + 1, segments };
    return document(mergeWindows([window], { durationSeconds: endSeconds + 1 }).segments, endSeconds + 1);
  });

const withoutSpaces = (text: string) => text.replace(/\s/gu, '');

test('a timecode says the millisecond that it was made from', () => {
  fc.assert(
    fc.property(fc.nat({ max: 400 * 3_600_000 }), (milliseconds) => {
      expect(parseTimecode(formatTimecode(milliseconds, ','))).toBe(milliseconds);
    }),
  );
  expect(formatTimecode(3_723_004, '.')).toBe('01:02:03.004');
  expect(formatTimecode(360_000_000, ',')).toBe('100:00:00,000');
});

test('cues are in order, do not overlap, last, and lie inside the recording', () => {
  fc.assert(
    fc.property(transcript, ({ segments, durationSeconds }) => {
      let earliest = 0;
      for (const { startMilliseconds, endMilliseconds } of subtitleCues(segments)) {
        expect(startMilliseconds).toBeGreaterThanOrEqual(earliest);
        expect(endMilliseconds).toBeGreaterThan(startMilliseconds);
        earliest = endMilliseconds;
      }
      expect(earliest).toBeLessThanOrEqual(Math.ceil(durationSeconds * 1000));
    }),
  );
});

test('cues have at most two lines of at most 42 characters, and none is empty', () => {
  fc.assert(
    fc.property(transcript, ({ segments }) => {
      for (const { lines } of subtitleCues(segments)) {
        expect(lines.length).toBeGreaterThanOrEqual(1);
        expect(lines.length).toBeLessThanOrEqual(2);
        for (const line of lines) {
          expect(line.length).toBeLessThanOrEqual(42);
          expect(line.trim()).toBe(line);
          expect(line).not.toBe('');
        }
      }
    }),
  );
});

test('cues show all of the text and nothing else', () => {
  fc.assert(
    fc.property(transcript, ({ segments }) => {
      const shown = subtitleCues(segments)
        .flatMap(({ lines }) => lines)
        .join('');
      expect(withoutSpaces(shown)).toBe(withoutSpaces(segments.map(({ text }) => text).join('')));
    }),
  );
});

test('a long segment is cut at its words, and each cue has their times', () => {
  const texts =
    'Ask not what your country can do for you, ask what you can do for your country, my fellow Americans everywhere.'.split(
      ' ',
    );
  const words = texts.map((text, index) => ({
    text,
    startSeconds: index / 2,
    endSeconds: index / 2 + 0.4,
    confidence: 1,
  }));
  expect(exportTranscript('srt', document([segment(texts.join(' '), 0, 10.4, words)]))).toBe(`1
00:00:00,000 --> 00:00:06,900
Ask not what your country can do for you,
ask what you can do

2
00:00:07,000 --> 00:00:10,400
for your country,
my fellow Americans everywhere.
`);
});

test('Japanese is broken between characters, never before its punctuation', () => {
  const text = '今日はとても天気がいいので、公園まで散歩に行きました。明日も晴れるといいですね。';
  const cues = subtitleCues([segment(text, 0, 6)]);
  expect(cues.flatMap(({ lines }) => lines).join('')).toBe(text);
  for (const line of cues.flatMap(({ lines }) => lines)) {
    expect(line.length).toBeLessThanOrEqual(21);
    expect(line).not.toMatch(/^[、。]/);
  }
});

test('text that looks like markup is text in VTT', () => {
  const vtt = exportTranscript('vtt', document([segment('a < b && c --> d', 1, 3)]));
  expect(vtt).toBe('WEBVTT - A talk\n\n00:00:01.000 --> 00:00:03.000\na &lt; b &amp;&amp; c --&gt; d\n');
});

test('a title cannot break the header of VTT', () => {
  const vtt = exportTranscript('vtt', { title: 'x\n\n00:00 --> 00:01\nforged', durationSeconds: 1, segments: [] });
  expect(vtt).toBe('WEBVTT - x 00:00 -> 00:01 forged\n');
});

test('an arrow in the text cannot be taken for a timing line of SRT', () => {
  const arrows = exportTranscript('srt', document([segment('00:00:01,000 --> 00:00:02,000', 1, 3)])).match(/-->/g);
  expect(arrows).toHaveLength(1);
});

test('plain text has a paragraph for each stretch between long pauses', () => {
  const segments = [segment('One.', 0, 1), segment('Two.', 1.2, 2), segment('Three.', 9, 10)];
  expect(exportTranscript('txt', document(segments))).toBe('One. Two.\n\nThree.\n');
});

test('JSON holds the whole transcript, words included', () => {
  const words = [{ text: 'Hello.', startSeconds: 0.5, endSeconds: 1, confidence: 0.8 }];
  const transcriptOfOne = document([segment('Hello.', 0.5, 1, words)]);
  expect(JSON.parse(exportTranscript('json', transcriptOfOne))).toEqual({ ...transcriptOfOne, text: 'Hello.' });
});

test('a transcript without text is a valid file in every format', () => {
  const [txt, srt, vtt, words, json, csv, lrc] = EXPORT_FORMATS.map((format) =>
    exportTranscript(format, { durationSeconds: 60, segments: [] }),
  );
  expect([txt, srt, vtt, words]).toEqual(['', '', 'WEBVTT\n', 'WEBVTT\n']);
  expect(csv).toBe('start_seconds,end_seconds,confidence,text,language,channel\r\n');
  expect(lrc).toBe('[length:01:00]\n');
  expect(JSON.parse(json ?? '')).toEqual({ durationSeconds: 60, text: '', segments: [] });
});

test('CSV quotes what has to be quoted and defuses what a spreadsheet would run', () => {
  const csv = exportTranscript('csv', document([segment('He said "no", twice.', 1, 2.5), segment('=SUM(A1)', 3, 4)]));
  expect(csv.split('\r\n').slice(1, 3)).toEqual([
    '1.000,2.500,0.900,"He said ""no"", twice.",,',
    `3.000,4.000,0.900,'=SUM(A1),,`,
  ]);
});

test('LRC has a line for each cue, and an empty one where nobody speaks', () => {
  const lrc = exportTranscript('lrc', document([segment('Hello [there].', 61.239, 63), segment('Bye.', 70, 71)], 75));
  expect(lrc).toBe('[ti:A talk]\n[length:01:15]\n[01:01.23]Hello (there).\n[01:03.00]\n[01:10.00]Bye.\n[01:11.00]\n');
});

const spokenWord = (text: string, startSeconds: number, endSeconds: number) => ({
  text,
  startSeconds,
  endSeconds,
  confidence: 1,
});

test('a word-timed track has the time of each word in front of it, and escapes what would be a tag', () => {
  const words = [spokenWord('Well,', 1, 1.5), spokenWord('<you>', 1.7, 2), spokenWord('know.', 2.1, 2.6)];
  expect(exportTranscript('vtt_words', document([segment('Well, <you> know.', 1, 2.6, words)]))).toBe(
    'WEBVTT - A talk\n\n00:00:01.000 --> 00:00:02.600\nWell, <00:00:01.700>&lt;you&gt; <00:00:02.100>know.\n',
  );
});

test('without its times a word-timed track is the plain one', () => {
  const stripped = (track: string) => track.replace(/<\d+:\d\d:\d\d\.\d{3}>/gu, '');
  fc.assert(
    fc.property(transcript, (drawn) => {
      expect(stripped(exportTranscript('vtt_words', drawn))).toBe(exportTranscript('vtt', drawn));
    }),
  );
});

test('channels that were transcribed apart are speakers, and each has its own cues when both speak at once', () => {
  const call = document([
    { ...segment('How are you?', 0, 3), channel: 0, language: 'en' },
    { ...segment('Fine.', 1, 2), channel: 1, language: 'en' },
  ]);
  expect(exportTranscript('txt', call)).toBe('Channel 1: How are you?\n\nChannel 2: Fine.\n');
  expect(exportTranscript('srt', call)).toContain('2\n00:00:01,000 --> 00:00:02,000\nChannel 2: Fine.\n');
  expect(exportTranscript('vtt', call)).toContain('00:00:00.000 --> 00:00:03.000\n<v Channel 1>How are you?\n');
  expect(exportTranscript('lrc', call)).toContain('[00:01.00]Channel 2: Fine.\n');
  expect(exportTranscript('csv', call)).toContain('1.000,2.000,0.900,Fine.,en,2');
  expect(JSON.parse(exportTranscript('json', call)).segments[1]).toMatchObject({ channel: 1, speaker: 'Channel 2' });
});
