import { BackendError } from '@voice-transcriber/backend-sdk';
import { expect, test } from 'vitest';
import { encodeFrame, FrameDecoder } from './frames.js';

test('frames come back equal, however the stream is cut', () => {
  const samples = new Uint8Array(Float32Array.of(0.5, -0.25, 1).buffer);
  const stream = Buffer.concat([
    ...encodeFrame({ type: 'a', text: 'ünïcode' }, samples),
    ...encodeFrame({ type: 'b' }),
  ]);
  for (const pieceBytes of [1, 5, 13, stream.length]) {
    const decoder = new FrameDecoder();
    const frames = [];
    for (let at = 0; at < stream.length; at += pieceBytes)
      frames.push(...decoder.push(stream.subarray(at, at + pieceBytes)));
    expect(frames.map(({ message }) => message)).toEqual([{ type: 'a', text: 'ünïcode' }, { type: 'b' }]);
    expect(Buffer.compare(frames[0]?.payload ?? Buffer.alloc(0), samples)).toBe(0);
  }
});

test('junk in the stream is a typed error, not a wait for gigabytes', () => {
  const huge = encodeFrame({})[0] ?? Buffer.alloc(0);
  huge.writeUInt32BE(0xffffffff, 8);
  const noJson = Buffer.concat(encodeFrame({ a: 1 }));
  noJson[12] = 0x21;
  for (const junk of [Buffer.alloc(64, 0xa5), huge, noJson]) {
    expect(() => new FrameDecoder().push(junk)).toThrow(BackendError);
  }
});
