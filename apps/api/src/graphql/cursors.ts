import { type z } from 'zod';
import { requestError } from './request-error.js';

/** A cursor is a JSON value in base64url: opaque for clients, checked when it comes back. */
export function encodeCursor(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Throws `input-invalid` when the cursor was not made by this list. */
export function decodeCursor<Value>(cursor: string | null | undefined, schema: z.ZodType<Value>): Value | undefined {
  if (cursor === null || cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw requestError('input-invalid', 'The cursor is not one of this list. Start without "after" and "before".');
  }
}

export interface Page<Node> {
  readonly edges: { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** Makes a page of rows in reading order that were read with one row too many, which only says that there are more. */
export function makePage<Node>(
  rows: readonly Node[],
  options: {
    readonly size: number;
    readonly cursorOf: (row: Node) => unknown;
    readonly backward?: boolean;
    readonly continued: boolean;
  },
): Page<Node> {
  const { size, cursorOf, backward = false, continued } = options;
  const more = rows.length > size;
  const kept = backward ? rows.slice(more ? 1 : 0) : rows.slice(0, size);
  const edges = kept.map((node) => ({ cursor: encodeCursor(cursorOf(node)), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: backward ? continued : more,
      hasPreviousPage: backward ? more : continued,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
