import type { Segment } from '@voice-transcriber/backend-sdk';
import { and, asc, eq } from 'drizzle-orm';
import {
  chunks,
  listSegments,
  transcriptions,
  windows,
  type Queryable,
  type StoredError,
  type Transaction,
} from '@voice-transcriber/db';
import { appendEvent } from '@voice-transcriber/events';
import { countWords, joinText, mergeWindows } from '@voice-transcriber/transcript';
import { changeState } from '../commands/state.js';
import { closeAttempt, reportAttempt } from './attempt.js';
import { endAttemptSpan, startAttemptSpan, tracedAttempt } from './attempt-span.js';
import { claimStep, guardClaim, type StepClaim } from './claims.js';
import { withDatabaseRetry } from './database-retry.js';
import { describeFindings, type Findings } from './describe-findings.js';
import { groupBy } from './group-by.js';
import type { HandlerDependencies } from './ports.js';
import { failStep } from './step-failure.js';
import { readSegment } from './stored-segment.js';
import { reportTranscription } from './report-transcription.js';
import { deleteWorkFile } from './work-file.js';

/** Puts the transcript together, checks it and ends the transcription: completed, or partial with its gaps named. */
export async function finishTranscription(
  dependencies: HandlerDependencies,
  { transcriptionId }: { transcriptionId: string },
): Promise<void> {
  const { db, leases, workerId, logger, metrics, storage } = dependencies;
  const claimed = await db.orm.transaction((transaction) =>
    claimStep(transaction, { transcriptionId, workerId, step: 'finish' }),
  );
  if (!claimed) return;
  const lease = leases.hold(claimed.claim);
  const startedAt = performance.now();
  const span = startAttemptSpan(tracedAttempt('finish', { ...claimed, workerId }));
  let failure: unknown;
  let outcome: 'succeeded' | 'failed' = 'failed';
  try {
    const findings = await readFindings(db.orm, claimed);
    await withDatabaseRetry(lease.signal, () =>
      db.orm.transaction((transaction) => storeResult(transaction, claimed, workerId, findings)),
    );
    outcome = 'succeeded';
  } catch (error) {
    failure = error;
    await failStep(dependencies, { claimed, lease, step: 'finish', error });
  } finally {
    lease.forget();
    await closeAttempt(db.orm, claimed.attemptId, { outcome });
    const durationSeconds = (performance.now() - startedAt) / 1000;
    const audioSeconds = claimed.transcription.audioSeconds ?? undefined;
    endAttemptSpan(span, { outcome, error: failure, lease });
    metrics.attemptEnded('finish', outcome, durationSeconds);
    reportAttempt(logger, {
      operation: 'finish',
      transcriptionId,
      durationSeconds,
      audioSeconds,
      outcome,
      use: undefined,
    });
  }
  if (outcome === 'succeeded') await reportTranscription(dependencies, transcriptionId);
  const { audioKey } = claimed.transcription;
  // If this fails, the reconciler does it.
  if (outcome === 'succeeded' && audioKey !== null)
    await deleteWorkFile({ db, storage }, { id: transcriptionId, audioKey });
}

async function readFindings(db: Queryable, { transcription }: StepClaim): Promise<Findings> {
  const { id } = transcription;
  const planned = await db.select().from(windows).where(eq(windows.transcriptionId, id)).orderBy(asc(windows.index));
  const rows = await listSegments(db, { transcriptionId: id });
  const quarantined = await db
    .select()
    .from(chunks)
    .where(and(eq(chunks.transcriptionId, id), eq(chunks.state, 'quarantined')))
    .orderBy(asc(chunks.index));
  const byWindow = groupBy(rows, (row) => row.windowIndex);
  const durationSeconds = transcription.audioSeconds ?? planned.at(-1)?.endSeconds ?? 0;
  const heard = planned.map(({ index, channel, startSeconds, endSeconds }) => ({
    index,
    channel,
    startSeconds,
    endSeconds,
    segments: (byWindow.get(index) ?? []).map(readSegment),
  }));
  const tracks = [...groupBy(heard, ({ channel }) => channel)].map(([channel, windowsOfChannel]) => ({
    channel,
    segments: mergeWindows(windowsOfChannel, { durationSeconds }).segments,
  }));
  return { durationSeconds, planned, quarantined, tracks };
}

async function storeResult(
  transaction: Transaction,
  claimed: StepClaim,
  workerId: string,
  findings: Findings,
): Promise<void> {
  if (await storedAlready(transaction, claimed)) return;
  const transcription = await guardClaim(transaction, claimed.claim, workerId);
  const text = joinText(segmentsInOrder(findings));
  const found = describeFindings(findings);
  const known = new Set(found.map(({ code }) => code));
  for (const warning of found) {
    await appendEvent(transaction, { transcriptionId: transcription.id, type: 'warning-raised', payload: { warning } });
  }
  const partial = findings.quarantined.length > 0;
  await changeState(transaction, {
    id: transcription.id,
    from: 'finishing',
    state: partial ? 'partial' : 'completed',
    ...(partial ? { error: gapError(findings) } : {}),
    changes: {
      text,
      wordCount: countWords(text),
      language: voteLanguage(findings, transcription.options.language),
      warnings: [...transcription.warnings.filter(({ code }) => !known.has(code)), ...found],
      finishedAt: new Date(),
      leaseOwner: null,
      leaseUntil: null,
    },
  });
}

/** As they are read: channels that were transcribed apart as one conversation. */
function segmentsInOrder({ tracks }: Findings): Segment[] {
  return tracks.flatMap(({ segments }) => segments).sort((left, right) => left.startSeconds - right.startSeconds);
}

/** The answer to a commit may get lost: then the second try finds its own work, under its own token. */
async function storedAlready(transaction: Transaction, { claim }: StepClaim): Promise<boolean> {
  const [row] = await transaction
    .select({ state: transcriptions.state, token: transcriptions.token })
    .from(transcriptions)
    .where(eq(transcriptions.id, claim.id));
  return row?.token === claim.token && (row.state === 'completed' || row.state === 'partial');
}

function gapError({ quarantined }: Findings): StoredError {
  const first = quarantined[0]?.error;
  return {
    code: first?.code ?? 'chunk-quarantined',
    message:
      `${quarantined.length} part(s) of the recording could not be transcribed; the rest is complete. ${first?.message ?? ''}`.trim(),
    details: { chunks: quarantined.map(({ index }) => index) },
  };
}

/** Each window votes with its seconds, if it has text; a language that was asked for needs no vote. */
function voteLanguage({ planned, tracks }: Findings, requested: string | undefined): string | null {
  if (requested !== undefined) return requested;
  if (tracks.every(({ segments }) => segments.length === 0)) return null;
  const votes = new Map<string, number>();
  for (const { language, startSeconds, endSeconds } of planned) {
    if (language !== null) votes.set(language, (votes.get(language) ?? 0) + endSeconds - startSeconds);
  }
  const [winner] = [...votes].sort((left, right) => right[1] - left[1]);
  return winner?.[0] ?? null;
}
