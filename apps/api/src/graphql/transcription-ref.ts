import type { TranscriptionSummary } from '@voice-transcriber/db';
import { builder } from './builder.js';

/** Apart from its fields, so that other types can refer to it. */
export const Transcription = builder.objectRef<TranscriptionSummary>('Transcription');
