import type { TranscriptionFilter, TranscriptionPriority } from '../gql/graphql';
import type { JobRow } from './job-list';
import { FILTER_STATES, matchesFilter, type JobFilter } from './job-states';

export const PRIORITIES = ['HIGH', 'NORMAL', 'LOW'] as const satisfies readonly TranscriptionPriority[];
export const AGES = ['hour', 'day', 'week', 'month'] as const;
export type JobAge = (typeof AGES)[number];

const AGE_SECONDS: Readonly<Record<JobAge, number>> = {
  hour: 3600,
  day: 86_400,
  week: 7 * 86_400,
  month: 30 * 86_400,
};

/** What the list is narrowed to, as it stands in the address. Null: not narrowed. */
export interface JobCriteria {
  readonly state: JobFilter;
  readonly search: string;
  readonly model: string | null;
  readonly backend: string | null;
  readonly language: string | null;
  readonly priority: TranscriptionPriority | null;
  readonly age: JobAge | null;
}

/** The same criteria as the API takes them, without the state of the tab when `states` is false. */
export function toFilter(criteria: JobCriteria, now: Date, { states = true } = {}): TranscriptionFilter {
  const { state, search, model, backend, language, priority, age } = criteria;
  const wanted = states ? FILTER_STATES[state] : undefined;
  return {
    ...(wanted && { states: [...wanted] }),
    ...(search.trim() !== '' && { search: search.trim() }),
    ...(model !== null && { model }),
    ...(backend !== null && { backend }),
    ...(language !== null && { language }),
    ...(priority !== null && { priority }),
    ...(age !== null && { createdAfter: new Date(now.getTime() - AGE_SECONDS[age] * 1000).toISOString() }),
  };
}

/**
 * Whether a job that has just changed belongs into the list. Words of its text are known to the server only: by a search it enters by its name, and by its
 * text when the list is read again.
 */
export function fitsCriteria(job: JobRow, criteria: JobCriteria): boolean {
  const { state, search, model, backend, language, priority } = criteria;
  return (
    matchesFilter(job.state, state) &&
    job.media.filename.toLowerCase().includes(search.trim().toLowerCase()) &&
    (model === null || (job.model ?? job.requestedModel) === model) &&
    (backend === null || job.backend === backend) &&
    (language === null || job.language === language) &&
    (priority === null || job.priority === priority)
  );
}

export const isNarrowed = ({ search, model, backend, language, priority, age }: JobCriteria): boolean =>
  search.trim() !== '' || [model, backend, language, priority, age].some((value) => value !== null);
