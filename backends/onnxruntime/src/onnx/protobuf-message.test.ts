import { expect, test } from 'vitest';
import { ProtobufMessage } from './protobuf-message.js';

const hex = (message: ProtobufMessage): string => Buffer.from(message.toBytes()).toString('hex');

test('fields are written as the protobuf documentation shows them', () => {
  expect(hex(new ProtobufMessage().integer(1, 150))).toBe('089601');
  expect(hex(new ProtobufMessage().text(2, 'testing'))).toBe('120774657374696e67');
  expect(hex(new ProtobufMessage().message(3, new ProtobufMessage().integer(1, 150)))).toBe('1a03089601');
  expect(hex(new ProtobufMessage().float(5, 1))).toBe('2d0000803f');
});

test('a negative integer takes ten bytes in two’s complement', () => {
  expect(hex(new ProtobufMessage().integer(1, -1))).toBe('08ffffffffffffffffff01');
});

test('an integer beyond 32 bits keeps every bit', () => {
  expect(hex(new ProtobufMessage().integer(1, 2 ** 35))).toBe('08808080808001');
});
