import type { Database } from '@voice-transcriber/db';
import { appendEvent } from '@voice-transcriber/events';
import { type Api, upload, wavFile } from './requests.js';

export interface LiveTranscription {
  /** As the API gives it. */
  readonly id: string;
  /** As the table has it. */
  readonly rowId: string;
}

/** A transcription that waits, for there is no worker: its events are the test's own. The marker tells recordings apart. */
export async function submitSilence(api: Api, marker: number): Promise<LiveTranscription> {
  const { json } = await upload(api, { file: wavFile(1, marker) });
  const { id } = json.data.createTranscription.transcription as { id: string };
  return { id, rowId: Buffer.from(id, 'base64url').toString().replace('Transcription:', '') };
}

export async function raiseWarning(db: Database, rowId: string, code: string): Promise<void> {
  await db.orm.transaction((transaction) =>
    appendEvent(transaction, {
      transcriptionId: rowId,
      type: 'warning-raised',
      payload: { warning: { code, message: code } },
    }),
  );
}
