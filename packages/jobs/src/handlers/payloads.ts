import { z } from 'zod';

/** What the bells carry; `v` grows when a payload changes its meaning while old ones are still queued. */
export const chunkPayload = z.object({ v: z.literal(1), chunkId: z.uuid() });
export const transcriptionPayload = z.object({ v: z.literal(1), transcriptionId: z.uuid() });
export const pullPayload = z.object({ v: z.literal(1), pullId: z.uuid() });
