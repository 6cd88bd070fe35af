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

/**
 * The two searches are joined as a list of places of rows: joined by "or", neither could use an index, and as ids, each row that was found would be looked for once
 * more in the index of ids. Places hold as long as the statement, and a list of them is read in the order of the disk, each once.
 */
function matchWords(words: string): SQL {
  const pattern = `%${words.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
  return sql`${transcriptions}.ctid = any(array(
    select named.ctid from transcriptions named join media on media.id = named.media_id where media.filename ilike ${pattern}
    union all
    select said.ctid from transcriptions said
    where said.text is not null and to_tsvector('simple', left(said.text, 250000)) @@ ${toWords(words)} and ${namesAWord(words)}))`;
}

/** As a search engine takes them: `"hello world" -bye or good`. */
export function toWords(query: string): SQL {
  return sql`websearch_to_tsquery('simple', ${query})`;
}

/** Only what a text must not have would find nearly every text there is, and no index helps: nothing is looked for then. */
export function namesAWord(query: string): SQL {
  return sql`querytree(${toWords(query)}) not in ('', 'T')`;
}
