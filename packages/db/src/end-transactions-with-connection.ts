import type postgres from 'postgres';

type Work = (transaction: postgres.TransactionSql) => unknown;
type Scope = postgres.TransactionSql;

/** Of sockets and of the driver. What the server itself says before it ends a session is told by its severity. */
const LOST_CODE = /^(CONNECTION_(CLOSED|DESTROYED|ENDED)|ECONNRESET|EPIPE|ETIMEDOUT|ERR_STREAM_.*)$/;

/**
 * Makes transactions end when their connection does: nothing more is said in them, by their callback or by the driver.
 *
 * The driver would send its ROLLBACK even then. It finds no socket, which throws where nobody can catch it; and what it could not write stays in front of the
 * first message of its next connections, none of which gets through for up to half a minute. A callback that went on would speak outside its transaction.
 */
export function endTransactionsWithConnection(client: postgres.Sql): void {
  const begin = client.begin.bind(client) as (options: string, work: Work) => Promise<unknown>;
  const guarded = (...given: [Work] | [string, Work]): Promise<unknown> => {
    const [options, work] = given.length === 1 ? (['', given[0]] as const) : given;
    const connection = { isLost: false };
    const outcome = begin(options, (scope) => run(scope, work, connection));
    outcome.catch(() => (connection.isLost = true));
    return outcome;
  };
  client.begin = guarded as typeof client.begin;
}

interface Connection {
  isLost: boolean;
}

async function run(scope: Scope, work: Work, connection: Connection): Promise<unknown> {
  try {
    return await work(guardScope(scope, connection));
  } catch (error) {
    if (!isConnectionLost(error)) throw error;
    connection.isLost = true;
    // The driver ends the transaction itself when the connection closes. If it was another one that was lost, the server ends this one for its silence.
    return new Promise(() => undefined);
  }
}

/** Drizzle speaks through these two. */
function guardScope(scope: Scope, connection: Connection): Scope {
  const check = (): void => {
    if (connection.isLost) throw connectionClosed();
  };
  return new Proxy(scope, {
    get(target, name, receiver) {
      if (name === 'unsafe')
        return (...given: Parameters<Scope['unsafe']>) => {
          check();
          return target.unsafe(...given);
        };
      if (name === 'savepoint')
        return (work: Work) => {
          check();
          return target.savepoint((inner) => run(inner, work, connection));
        };
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
}

function isConnectionLost(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code, severity } = current as { code?: unknown; severity?: unknown };
    if (severity === 'FATAL' || severity === 'PANIC') return true;
    if (typeof code === 'string' && LOST_CODE.test(code)) return true;
  }
  return false;
}

function connectionClosed(): Error {
  return Object.assign(new Error('The connection of this transaction was closed.'), { code: 'CONNECTION_CLOSED' });
}
