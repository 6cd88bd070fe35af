'use client';

import { JOB_FILTERS, type JobFilter } from './job-states';
import classes from './jobs.module.css';
import type { JobCounts } from './use-job-counts';

const LABELS: Readonly<Record<JobFilter, string>> = {
  all: 'All',
  running: 'Running',
  waiting: 'Waiting',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

interface JobsTabsProps {
  readonly value: JobFilter;
  readonly counts: JobCounts | undefined;
  readonly onChange: (filter: JobFilter) => void;
}

export function JobsTabs({ value, counts, onChange }: JobsTabsProps) {
  return (
    <div className={classes.tabs} role="group" aria-label="Show jobs that are">
      {JOB_FILTERS.map((filter) => (
        <button
          key={filter}
          type="button"
          className={classes.tab}
          aria-pressed={filter === value}
          onClick={() => onChange(filter)}
        >
          {LABELS[filter]}
          {(counts?.[filter] ?? 0) > 0 ? (
            <span className={`${classes.count} numeric`}>{counts?.[filter].toLocaleString('en')}</span>
          ) : null}
        </button>
      ))}
    </div>
  );
}
