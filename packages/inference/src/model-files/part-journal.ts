import { readFile } from 'node:fs/promises';

/** How a server tells its versions of a file apart. */
export interface Validator {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** What is known about a half-fetched file. It lies beside the file, because whoever started it may be dead. */
export interface PartJournal {
  readonly version: 1;
  /** sha1 of the whole: a part of another file is of no use. */
  readonly sha1: string;
  readonly validator: Validator;
  /** Bytes that certainly lie on the disk; what is behind them may be zeros after a power failure. */
  readonly durableBytes: number;
  /** Whether it was put together from more than one answer. */
  readonly resumed: boolean;
}

/** Undefined when there is none, or none that makes sense. */
export async function readPartJournal(file: string): Promise<PartJournal | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function parse(content: unknown): PartJournal | undefined {
  const { version, sha1, validator, durableBytes, resumed } = (content ?? {}) as Record<string, unknown>;
  if (version !== 1 || typeof sha1 !== 'string' || typeof resumed !== 'boolean') return undefined;
  if (!Number.isSafeInteger(durableBytes) || (durableBytes as number) < 0) return undefined;
  const { etag, lastModified } = (validator ?? {}) as Record<string, unknown>;
  return {
    version,
    sha1,
    durableBytes: durableBytes as number,
    resumed,
    validator: {
      ...(typeof etag === 'string' && { etag }),
      ...(typeof lastModified === 'string' && { lastModified }),
    },
  };
}
