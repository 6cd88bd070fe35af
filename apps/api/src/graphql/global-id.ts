/** Opaque for clients, and safe in a path: exports and media are addressed by it. */
export function encodeGlobalId(typename: string, id: string): string {
  return Buffer.from(`${typename}:${id}`).toString('base64url');
}

/** Undefined when it is not one of ours. */
export function decodeGlobalId(globalId: string): { typename: string; id: string } | undefined {
  const text = Buffer.from(globalId, 'base64url').toString();
  const colon = text.indexOf(':');
  if (colon <= 0 || encodeGlobalId(text.slice(0, colon), text.slice(colon + 1)) !== globalId) return undefined;
  return { typename: text.slice(0, colon), id: text.slice(colon + 1) };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The row's id, when the global id is of that type; undefined means: there is no such thing. */
export function decodeRowId(globalId: string, typename: string): string | undefined {
  const decoded = decodeGlobalId(globalId);
  return decoded?.typename === typename && isRowId(decoded.id) ? decoded.id : undefined;
}

export function isRowId(id: string): boolean {
  return UUID.test(id);
}
