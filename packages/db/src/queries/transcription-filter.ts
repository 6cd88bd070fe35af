import { and, eq, gte, inArray, isNotNull, isNull, lt, sql, type SQL } from 'drizzle-orm';
import { transcriptions, type TranscriptionPriority, type TranscriptionState } from '../schema/index.js';

/** What a list of transcriptions is narrowed to: all that is given must hold. */
export interface TranscriptionFilter {
  readonly states?: readonly TranscriptionState[] | undefined;
  /** Part of the filename, in any case; or words of the text, as a search engine takes them: `"hello world" -bye`. */
  readonly search?: string | undefined;
  /** That it runs on; asked for, while it is not known. */
  readonly model?: string | undefined;
  readonly backend?: string | undefined;
  /** ISO 639-1. */
  readonly language?: string | undefined;
  readonly createdAfter?: Date | undefined;
  /** Exclusive. */
  readonly createdBefore?: Date | undefined;
  readonly priority?: TranscriptionPriority | undefined;
  readonly hasError?: boolean | undefined;
}

/** The filter as a condition on `transcriptions`; undefined when it lets everything through. */
export function matchTranscriptions(filter: TranscriptionFilter): SQL | undefined {
  const { states, search, model, backend, language, createdAfter, createdBefore, priority, hasError } = filter;
  const words = search?.trim();
  return and(
    states && inArray(transcriptions.state, [...states]),
    words ? matchWords(words) : undefined,
    model === undefined
      ? undefined
      : eq(sql`coalesce(${transcriptions.model}, ${transcriptions.requestedModel})`, model),
    backend === undefined
      ? undefined
      : eq(sql`coalesce(${transcriptions.backend}, ${transcriptions.requestedBackend})`, backend),
    language === undefined ? undefined : eq(transcriptions.language, language),
    createdAfter && gte(transcriptions.createdAt, createdAfter),
    createdBefore && lt(transcriptions.createdAt, createdBefore),
    priority && eq(transcriptions.priority, priority),
    hasError === undefined ? undefined : hasError ? isNotNull(transcriptions.error) : isNull(transcriptions.error),
  );
}

/** The two searches are united as ids: joined by "or", neither could use an index. */
function matchWords(words: string): SQL {
  const pattern = `%${words.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
  return sql`${transcriptions.id} in (
    select named.id from transcriptions named join media on media.id = named.media_id where media.filename ilike ${pattern}
    union
    select said.id from transcriptions said
    where said.text is not null and to_tsvector('simple', left(said.text, 250000)) @@ websearch_to_tsquery('simple', ${words}))`;
}
