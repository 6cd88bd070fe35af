'use client';

import { useSystem } from '../system/system-context';
import { JOB_FILTERS, type JobFilter } from './job-states';
import classes from './jobs.module.css';

const LABELS: Readonly<Record<JobFilter, string>> = {
  all: 'All',
  running: 'Running',
  waiting: 'Waiting',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

interface JobsFilterProps {
  readonly value: JobFilter;
  readonly onChange: (filter: JobFilter) => void;
}

export function JobsFilter({ value, onChange }: JobsFilterProps) {
  const { queue } = useSystem();
  const counts: Partial<Record<JobFilter, number>> =
    queue === undefined ? {} : { running: queue.running, waiting: queue.waiting, failed: queue.failed };
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
          {(counts[filter] ?? 0) > 0 ? <span className={`${classes.count} numeric`}>{counts[filter]}</span> : null}
        </button>
      ))}
    </div>
  );
}
