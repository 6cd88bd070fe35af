import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const KEY_PATTERN = /^vt_([0-9a-f]{48})([0-9a-f]{8})$/;
const PREFIX_CHARACTERS = 9;

export interface NewApiKey {
  /** Shown once, never stored. */
  readonly secret: string;
  /** `vt_4f2a9c`: enough for a person to tell keys apart, useless for guessing. */
  readonly prefix: string;
}

/** 192 random bits and a checksum, so that a mistyped or cut key is refused without asking the database. */
export function createApiKeySecret(): NewApiKey {
  const random = randomBytes(24).toString('hex');
  const secret = `vt_${random}${checksum(random)}`;
  return { secret, prefix: secret.slice(0, PREFIX_CHARACTERS) };
}

export function isWellFormedApiKey(candidate: string): boolean {
  const match = KEY_PATTERN.exec(candidate);
  return match?.[1] !== undefined && match[2] === checksum(match[1]);
}

/** Tokens of sessions and sign-in links: 256 random bits. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored instead of a key or token. Lower-case hex. */
export function hmacOf(secret: Buffer, keyOrToken: string): string {
  return createHmac('sha256', secret).update(keyOrToken).digest('hex');
}

function checksum(random: string): string {
  return crc32(random).toString(16).padStart(8, '0');
}
