import type { FastifyInstance } from 'fastify';

/**
 * Every answer says how long it took here, in the header Server-Timing: a browser's developer tools and `curl -i` show it beside what the network took.
 * Routes that know their stages name them before the whole. Streams, which have no end to wait for, carry none.
 */
export function registerServerTiming(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply) => {
    const stages = reply.getHeader('server-timing');
    const total = `total;dur=${reply.elapsedTime.toFixed(1)}`;
    reply.header('server-timing', typeof stages === 'string' && stages !== '' ? `${stages}, ${total}` : total);
  });
}
