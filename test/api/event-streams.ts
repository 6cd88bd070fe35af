import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { responseOf, type Api, type GraphqlResponse } from './requests.js';

/** A subscription over server-sent events, as its raw connection delivers it. */
export interface Stream {
  response: IncomingMessage;
  /** Data of the messages so far. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  events: any[];
  errors: GraphqlResponse['errors'];
  completed: boolean;
  /** As a network would. */
  breakOff(): void;
}

const open = new Set<ClientRequest>();

export async function subscribe(
  { apiUrl, apiKey }: Api,
  document: string,
  variables: Record<string, unknown> = {},
  { read = true }: { read?: boolean } = {},
): Promise<Stream> {
  const request = httpRequest(`${apiUrl}/graphql`, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    },
  });
  open.add(request);
  request.end(JSON.stringify({ query: document, variables }));
  const response = await responseOf(request);
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  const stream: Stream = {
    response,
    events: [],
    errors: undefined,
    completed: false,
    breakOff: () => void request.destroy(),
  };
  if (read) readInto(stream);
  return stream;
}

/** Begins to read a stream that was opened without. */
export function readInto(stream: Stream): void {
  let pending = '';
  stream.response.setEncoding('utf8').on('data', (text: string) => {
    const messages = (pending + text).split('\n\n');
    pending = messages.pop() ?? '';
    for (const message of messages) {
      if (message.startsWith('event: complete')) stream.completed = true;
      if (!message.startsWith('event: next')) continue;
      const result = JSON.parse(message.slice(message.indexOf('data: ') + 6)) as GraphqlResponse;
      stream.errors ??= result.errors;
      stream.events.push(...Object.values((result.data ?? {}) as object));
    }
  });
}

/** Breaks off every stream that a test left open. */
export function closeStreams(): void {
  for (const request of open) request.destroy();
  open.clear();
}
