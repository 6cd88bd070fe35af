/** What the worker tells this backend, in the query of the module's address: the process that it runs in has no environment. */
export interface Settings {
  /** The server to use and no other: what the administrator set. */
  readonly configuredPath: string | undefined;
  /** A server that was found on PATH. */
  readonly foundPath: string | undefined;
  /** Servers at once. Each holds the model once more. */
  readonly slots: number;
}

const SLOTS_MAX = 16;

/** Reads `?configured=PATH&found=PATH&slots=N`. Anything missing or malformed counts as not said. */
export function parseSettings(moduleUrl: string): Settings {
  const query = new URL(moduleUrl).searchParams;
  const slots = Number(query.get('slots') ?? 1);
  return {
    configuredPath: query.get('configured') ?? undefined,
    foundPath: query.get('found') ?? undefined,
    slots: Number.isInteger(slots) && slots >= 1 ? Math.min(slots, SLOTS_MAX) : 1,
  };
}
