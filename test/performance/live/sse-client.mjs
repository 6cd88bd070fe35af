import { request } from 'node:http';

/**
 * Follows a subscription over server-sent events, as its raw connection delivers it. `onData` gets each message's data and the moment at which it came.
 * Resolves once the server has answered.
 */
export function subscribe({ apiUrl, apiKey }, { query, variables = {}, onData, onEnd = () => undefined }) {
  const connection = request(`${apiUrl}/graphql`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', accept: 'text/event-stream' },
  });
  let cut = false;
  const stream = {
    /** As a network would: nothing that is still on its way arrives. */
    cut() {
      cut = true;
      connection.destroy();
    },
  };
  const answered = new Promise((resolve, reject) => {
    connection.on('error', (error) => (cut ? undefined : reject(error)));
    connection.once('response', (response) => {
      if (response.statusCode !== 200) reject(new Error(`The subscription was answered with ${response.statusCode}.`));
      let pending = '';
      response.setEncoding('utf8');
      response.on('error', () => undefined);
      response.once('close', onEnd);
      response.on('data', (text) => {
        const at = performance.now();
        const messages = (pending + text).split('\n\n');
        pending = messages.pop();
        for (const message of messages) {
          if (cut || !message.startsWith('event: next')) continue;
          const { data, errors } = JSON.parse(message.slice(message.indexOf('data: ') + 6));
          if (errors) throw new Error(JSON.stringify(errors));
          onData(data, at);
        }
      });
      resolve(stream);
    });
  });
  connection.end(JSON.stringify({ query, variables }));
  return answered;
}
