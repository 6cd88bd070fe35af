import type { FastifyInstance } from 'fastify';
import { sql } from 'drizzle-orm';
import type { Orm } from '@voice-transcriber/db';

const DATABASE_SECONDS_MAX = 2;

/** GET /livez: the process answers. GET /readyz: it should be given work; 503 at once when it is shutting down or has no database. */
export function registerHealthRoutes(
  app: FastifyInstance,
  {
    orm,
    instanceId,
    isShuttingDown,
  }: { readonly orm: Orm; readonly instanceId: string | undefined; readonly isShuttingDown: () => boolean },
): void {
  // Left out of the answer when it is undefined: a host name that nobody chose to show is not shown.
  const instance = { instanceId };
  app.get('/livez', async () => ({ live: true }));
  app.get('/readyz', async (_request, reply) => {
    if (isShuttingDown()) return reply.code(503).send({ ready: false, reason: 'shutting-down', ...instance });
    const reachable = await canReach(orm);
    return reachable
      ? { ready: true, ...instance }
      : reply.code(503).send({ ready: false, reason: 'database-unreachable', ...instance });
  });
}

async function canReach(orm: Orm): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), DATABASE_SECONDS_MAX * 1000);
  });
  const answer = orm.execute(sql`select 1`).then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
