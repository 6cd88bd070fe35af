import { ATTEMPT_KINDS, CHANNEL_MODES, TRANSCRIPTION_PRIORITIES, TRANSCRIPTION_STATES } from '@voice-transcriber/db';
import { builder } from './builder.js';
import { enumValues } from './enum-values.js';

export const TranscriptionStateEnum = builder.enumType('TranscriptionState', {
  values: enumValues(TRANSCRIPTION_STATES),
});
export const TranscriptionPriorityEnum = builder.enumType('TranscriptionPriority', {
  values: enumValues(TRANSCRIPTION_PRIORITIES),
});
export const TranscriptionTaskEnum = builder.enumType('TranscriptionTask', {
  values: enumValues(['transcribe', 'translate'] as const),
});
export const ChannelModeEnum = builder.enumType('ChannelMode', { values: enumValues(CHANNEL_MODES) });
export const AttemptKindEnum = builder.enumType('AttemptKind', { values: enumValues(ATTEMPT_KINDS) });
