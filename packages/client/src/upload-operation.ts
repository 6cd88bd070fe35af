import type { FileInput } from './opened-file.js';
import { openInput } from './open-input.js';
import { type Connection, readAnswer } from './graphql-request.js';
import type { Platform, SendOptions } from './platform.js';

export interface FormUploadOptions extends SendOptions {
  /** Default: the file's own name, or `recording`. */
  filename?: string | undefined;
}

/** One operation with a file, as a GraphQL multipart request. The document's file variable is `input.file`. */
export async function uploadGraphql<Data>(
  { connection, platform }: { connection: Connection; platform: Platform },
  input: FileInput,
  operation: { document: string; input: Record<string, unknown>; path?: string },
  { filename, ...options }: FormUploadOptions,
): Promise<Data> {
  const file = await openInput(input, platform, filename);
  try {
    const variables = { input: { ...operation.input, file: null } };
    const { status, body } = await platform.sendForm(
      {
        url: `${connection.url}${operation.path ?? '/graphql'}`,
        apiKey: connection.apiKey,
        fields: [
          ['operations', JSON.stringify({ query: operation.document, variables })],
          ['map', JSON.stringify({ 0: ['variables.input.file'] })],
        ],
        file,
      },
      options,
    );
    return readAnswer<Data>(status, body);
  } finally {
    await file.close();
  }
}
