import { cancelled, type WhisperServer } from './whisper-server.js';

interface Waiting {
  readonly take: (server: WhisperServer | undefined) => void;
}

/**
 * The servers of one model. Each serves one window at a time; all but the first are started when they are first needed, and one that died is replaced by
 * the window that finds it dead.
 */
export class ServerPool {
  readonly #start: () => Promise<WhisperServer>;
  readonly #idle: (WhisperServer | undefined)[];
  readonly #waiting: Waiting[] = [];
  readonly #all = new Set<WhisperServer>();
  #disposing: Promise<void> | undefined;

  constructor(first: WhisperServer, slots: number, start: () => Promise<WhisperServer>) {
    this.#start = start;
    // Taken from the end: the running server first.
    this.#idle = [...Array.from({ length: slots - 1 }, () => undefined), first];
    this.#all.add(first);
  }

  /** Lends a server to the work. Throws what the work throws, `cancelled`, or what keeps a server from starting. */
  async use<Result>(
    work: (server: WhisperServer) => Promise<Result>,
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    let server = await this.#take(signal);
    try {
      server = await this.#ensureRunning(server);
      return await work(server);
    } finally {
      void this.#giveBack(server, signal?.aborted === true);
    }
  }

  /** Ends all servers. Idempotent. */
  dispose(): Promise<void> {
    this.#disposing ??= (async () => {
      await Promise.all([...this.#all].map((server) => server.kill()));
    })();
    return this.#disposing;
  }

  async #take(signal: AbortSignal | undefined): Promise<WhisperServer | undefined> {
    if (signal?.aborted === true) throw cancelled();
    if (this.#idle.length > 0) return this.#idle.pop();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        take: (server) => {
          signal?.removeEventListener('abort', leave);
          resolve(server);
        },
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(cancelled());
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiting);
    });
  }

  async #ensureRunning(server: WhisperServer | undefined): Promise<WhisperServer> {
    if (server !== undefined && !server.hasEnded) return server;
    if (server !== undefined) this.#all.delete(server);
    const fresh = await this.#start();
    this.#all.add(fresh);
    if (this.#disposing !== undefined) {
      await fresh.kill();
      throw cancelled();
    }
    return fresh;
  }

  /** A server whose request was broken off is lent again when it has really stopped working on it; one that does not stop is ended. */
  async #giveBack(server: WhisperServer | undefined, wasAborted: boolean): Promise<void> {
    if (wasAborted && server !== undefined && !server.hasEnded && !(await server.settles())) await server.kill();
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(server);
    else next.take(server);
  }
}
