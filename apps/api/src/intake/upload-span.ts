import type { CreatedTranscription } from '@voice-transcriber/jobs';
import { startSpan } from '@voice-transcriber/telemetry/tracing';

/** What came of it: a transcription, or a refusal with its code. */
export type UploadResult =
  | { readonly transcription: Pick<CreatedTranscription['transcription'], 'id'>; readonly existing?: boolean }
  | { readonly code: string; readonly message: string };

/**
 * Runs the acceptance of a recording in a span, the first of the transcription's trace, or below the one of a client that sent its own. `run` gets what is to
 * be stored with the transcription.
 */
export async function inUploadSpan<Result extends UploadResult>(
  { parent, way }: { readonly parent: string | undefined; readonly way: string },
  run: (traceParent: string | undefined) => Promise<Result>,
): Promise<Result> {
  const span = startSpan('upload', { parent, kind: 'server', attributes: { 'vt.upload.way': way } });
  try {
    const result = await run(span.traceParent);
    if ('transcription' in result) {
      span.set({ 'vt.transcription.id': result.transcription.id, 'vt.transcription.existing': result.existing });
      span.end();
    } else {
      span.end({ error: result });
    }
    return result;
  } catch (error) {
    span.end({ error });
    throw error;
  }
}
