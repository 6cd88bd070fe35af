import { Webhook } from 'standardwebhooks';
import { sql } from 'drizzle-orm';
import type { Database } from '@voice-transcriber/db';
import { OutboundError, requestOutside } from '@voice-transcriber/outbound';
import type { Logger } from '@voice-transcriber/telemetry';
import { startSpan } from '@voice-transcriber/telemetry/tracing';
import { isTransientDatabaseError } from './database-retry.js';
import type { JobMetrics } from './job-metrics.js';

const INTERVAL_MILLISECONDS = 1000;
/** At once, of one worker. */
const DELIVERIES_MAX = 8;
const ANSWER_SECONDS_MAX = 15;
/** A claim is void after this: the answer's deadline, and time to write it down. */
const CLAIM_SECONDS = 60;
/** Waits between the tries of a message: eight in about eleven hours. */
const BACKOFF_SECONDS = [5, 30, 120, 600, 1800, 7200, 28_800];
const ATTEMPTS_MAX = BACKOFF_SECONDS.length + 1;
/** So that receivers that came back are not met by all at once. */
const JITTER = 0.1;
const ERROR_CHARACTERS_MAX = 500;

interface ClaimedDelivery extends Record<string, unknown> {
  readonly id: string;
  readonly url: string;
  readonly secret: string;
  readonly payload: Record<string, unknown>;
  /** Counting this one: also the fencing token of the claim. */
  readonly attempts: number;
  readonly event: string;
  readonly trace_parent: string | null;
}

export interface WebhookCourier {
  start(): void;
  /** Looks into the outbox now. */
  checkNow(): void;
  /** Idempotent; breaks off what is being sent. */
  dispose(): Promise<void>;
}

/**
 * Delivers what is in the outbox of webhooks: each message at least once, in no promised order, signed as Standard Webhooks describes it. Whoever answers with
 * 2xx has it; everything else is tried again, later each time, up to eight times. Redirects count as refusals.
 *
 * It does not run on the queue: a receiver that is slow must not take a slot from transcriptions.
 */
export function createWebhookCourier({
  db,
  allowPrivate,
  logger,
  metrics,
}: {
  readonly db: Database;
  /** Private networks too. */
  readonly allowPrivate: boolean;
  readonly logger: Logger;
  readonly metrics: Pick<JobMetrics, 'deliveryTried'>;
}): WebhookCourier {
  const sending = new Set<Promise<void>>();
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let checking: Promise<void> | undefined;
  let askedAgain = false;
  let disposed = false;

  async function check(): Promise<void> {
    const room = DELIVERIES_MAX - sending.size;
    if (room <= 0 || disposed) return;
    for (const delivery of await claim(db, room)) {
      const sent: Promise<void> = send(delivery)
        .catch((error: unknown) => logger.warn({ err: error }, 'The outcome of a delivery was not noted.'))
        .finally(() => {
          sending.delete(sent);
          checkNow();
        });
      sending.add(sent);
    }
  }

  function checkNow(): void {
    if (disposed) return;
    if (checking !== undefined) {
      askedAgain = true;
      return;
    }
    clearTimeout(timer);
    checking = check()
      .catch((error: unknown) => {
        const level = isTransientDatabaseError(error) ? 'debug' : 'error';
        logger[level]({ err: error }, 'The outbox of webhooks could not be read.');
      })
      .finally(() => {
        checking = undefined;
        if (disposed) return;
        timer = setTimeout(checkNow, askedAgain ? 0 : INTERVAL_MILLISECONDS);
        askedAgain = false;
      });
  }

  async function send(delivery: ClaimedDelivery): Promise<void> {
    const result = await deliver(delivery, { allowPrivate, signal: stopping.signal });
    // Broken off by us: the claim runs out, and another courier tries again.
    if (!result.ok && stopping.signal.aborted) return;
    await note(db, delivery, result);
    metrics.deliveryTried(result.ok ? 'delivered' : 'refused');
    if (!result.ok) logger.info({ delivery: delivery.id, ...result }, 'A webhook was not delivered.');
  }

  return {
    start: checkNow,
    checkNow,
    async dispose() {
      disposed = true;
      stopping.abort();
      clearTimeout(timer);
      await checking;
      await Promise.all(sending);
    },
  };
}

interface DeliveryResult {
  readonly ok: boolean;
  readonly statusCode: number | null;
  readonly error: string | null;
}

async function deliver(
  { id, url, secret, payload, event, attempts, trace_parent: parent }: ClaimedDelivery,
  options: { readonly allowPrivate: boolean; readonly signal: AbortSignal },
): Promise<DeliveryResult> {
  const body = JSON.stringify(payload);
  const now = new Date();
  const attributes = { 'vt.webhook.event': event, 'vt.webhook.message.id': id, 'vt.webhook.attempt': attempts };
  const span = startSpan('deliver webhook', { parent, kind: 'client', attributes });
  try {
    const answer = await requestOutside(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': 'voice-transcriber-webhooks',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign(id, now, body),
        ...(span.traceParent !== undefined && { traceparent: span.traceParent }),
      },
      ...options,
      redirectsMax: 0,
      secondsMax: ANSWER_SECONDS_MAX,
    });
    // Nobody reads what it says.
    answer.body.destroy();
    const ok = answer.status >= 200 && answer.status < 300;
    const error = ok ? null : `The receiver answered with ${answer.status}.`;
    span.set({ 'http.response.status_code': answer.status });
    span.end(error === null ? {} : { error: { code: 'webhook-refused', message: error } });
    return { ok, statusCode: answer.status, error };
  } catch (error) {
    span.end({ error });
    if (!(error instanceof OutboundError)) throw error;
    return { ok: false, statusCode: null, error: error.message.slice(0, ERROR_CHARACTERS_MAX) };
  }
}

/** Takes what is due. A courier that dies with it leaves it to be due again. */
async function claim(db: Database, limit: number): Promise<ClaimedDelivery[]> {
  const rows = await db.orm.execute<ClaimedDelivery>(sql`
    update webhook_deliveries d
    set attempts = d.attempts + 1, attempted_at = now(), next_attempt_at = now() + make_interval(secs => ${CLAIM_SECONDS})
    from webhooks w
    where w.id = d.webhook_id and d.id in (
      select due.id from webhook_deliveries due join webhooks target on target.id = due.webhook_id
      where due.state = 'pending' and target.active and due.next_attempt_at <= now()
      order by due.next_attempt_at limit ${limit} for update of due skip locked)
    returning d.id, w.url, w.secret, d.payload, d.attempts, d.event, d.trace_parent`);
  return [...rows];
}

/** Unless somebody asked for it anew meanwhile. */
async function note(db: Database, { id, attempts }: ClaimedDelivery, result: DeliveryResult): Promise<void> {
  const state = result.ok ? 'delivered' : attempts >= ATTEMPTS_MAX ? 'failed' : 'pending';
  const waitSeconds = (BACKOFF_SECONDS[attempts - 1] ?? 0) * (1 + JITTER * Math.random());
  const next = state === 'pending' ? sql`now() + make_interval(secs => ${waitSeconds}::float8)` : sql`null`;
  await db.orm.execute(sql`
    update webhook_deliveries
    set state = ${state}::webhook_delivery_state, status_code = ${result.statusCode}, error = ${result.error}, next_attempt_at = ${next}
    where id = ${id} and state = 'pending' and attempts = ${attempts}`);
}
