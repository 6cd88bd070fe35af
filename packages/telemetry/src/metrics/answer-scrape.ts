import { createHash, timingSafeEqual } from 'node:crypto';
import type { MetricsRegistry } from './metrics-registry.js';

export interface ScrapeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const BEARER = /^Bearer +(\S+)$/i;

/** Whether a request shows the token, as `Authorization: Bearer …`. Takes equally long for every wrong one. */
export function showsToken(authorization: string | undefined, token: string): boolean {
  const shown = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return shown !== undefined && timingSafeEqual(digest(shown), digest(token));
}

/** The metrics, for whoever shows the token. Without a token in the configuration nobody may read them here. */
export async function answerScrape(
  metrics: MetricsRegistry,
  { authorization, token }: { readonly authorization: string | undefined; readonly token: string | undefined },
): Promise<ScrapeAnswer> {
  if (token === undefined) {
    return refusal('Set METRICS_TOKEN, and let Prometheus send it as "Authorization: Bearer …".');
  }
  if (!showsToken(authorization, token)) {
    return refusal('Send METRICS_TOKEN as "Authorization: Bearer …".');
  }
  return sendMetrics(metrics);
}

export async function sendMetrics(metrics: MetricsRegistry): Promise<ScrapeAnswer> {
  const { contentType, text } = await metrics.read();
  return { status: 200, headers: { 'content-type': contentType, 'cache-control': 'no-store' }, body: text };
}

function refusal(message: string): ScrapeAnswer {
  return {
    status: 401,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'www-authenticate': 'Bearer' },
    body: `${message}\n`,
  };
}
