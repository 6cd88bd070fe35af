'use client';

import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import { AGES, PRIORITIES, type JobCriteria } from './job-criteria';
import { JOB_FILTERS } from './job-states';

const PARSERS = {
  state: parseAsStringLiteral(JOB_FILTERS).withDefault('all').withOptions({ history: 'push' }),
  search: parseAsString.withDefault(''),
  model: parseAsString,
  backend: parseAsString,
  language: parseAsString,
  priority: parseAsStringLiteral(PRIORITIES),
  age: parseAsStringLiteral(AGES),
};

export interface JobCriteriaState {
  readonly criteria: JobCriteria;
  readonly change: (changes: Partial<JobCriteria>) => void;
  /** Everything but the tab. */
  readonly clear: () => void;
}

/** The criteria live in the address: a list can be bookmarked, sent, and gone back to. */
export function useJobCriteria(): JobCriteriaState {
  const [values, setValues] = useQueryStates(PARSERS, { urlKeys: { search: 'q' } });
  const { state, search, model, backend, language, priority, age } = values;
  const criteria = useMemo(
    () => ({ state, search, model, backend, language, priority, age }),
    [state, search, model, backend, language, priority, age],
  );
  return {
    criteria,
    change: (changes) => void setValues(changes),
    clear: () =>
      void setValues({ search: null, model: null, backend: null, language: null, priority: null, age: null }),
  };
}
