'use client';

import { Checkbox, VisuallyHidden } from '@mantine/core';
import { useNow } from '../ui/use-now';
import { isSelected, type JobSelection } from './job-selection';
import type { JobList } from './job-list';
import { JobTableRow } from './job-table-row';
import classes from './jobs.module.css';
import { useRowWindow } from './use-row-window';

const ROW_PIXELS = 45;
const COLUMNS = 8;

export interface JobRowsProps {
  readonly list: JobList;
  readonly total: number | undefined;
  readonly selection: JobSelection;
  /** A reader has nothing to select for. */
  readonly selectable: boolean;
  readonly onSelect: (id: string) => void;
  readonly onSelectAll: () => void;
  readonly loadMore: () => void;
}

/** Keeps the place of the rows that are not drawn. */
function Gap({ pixels }: { readonly pixels: number }) {
  if (pixels === 0) return null;
  return (
    <tr aria-hidden className={classes.gap} style={{ height: pixels }}>
      <td colSpan={COLUMNS + 1} />
    </tr>
  );
}

export function JobsTable({ list, total, selection, selectable, onSelect, onSelectAll, loadMore }: JobRowsProps) {
  const now = useNow(30);
  const { rows, hasMore } = list;
  const view = useRowWindow<HTMLTableSectionElement>({ count: rows.length, rowPixels: ROW_PIXELS, hasMore, loadMore });
  const selected = rows.filter(({ id }) => isSelected(selection, id)).length;
  return (
    <table className={classes.table} aria-label="Jobs" aria-rowcount={(total ?? rows.length) + 1}>
      <colgroup>
        {selectable ? <col style={{ width: 40 }} /> : null}
        <col style={{ width: '24%' }} />
        <col style={{ width: 120 }} />
        <col />
        <col style={{ width: 74 }} />
        <col style={{ width: 104 }} />
        <col style={{ width: 106 }} />
        <col style={{ width: 104 }} />
        <col style={{ width: 56 }} />
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          {selectable ? (
            <th scope="col" className={classes.tick}>
              <Checkbox
                size="xs"
                aria-label="Select all loaded jobs"
                checked={rows.length > 0 && selected === rows.length}
                indeterminate={selected > 0 && selected < rows.length}
                onChange={onSelectAll}
              />
            </th>
          ) : null}
          <th scope="col">Recording</th>
          <th scope="col">State</th>
          <th scope="col">Progress</th>
          <th scope="col" className={classes.end}>
            Length
          </th>
          <th scope="col">Language</th>
          <th scope="col">Model</th>
          <th scope="col">Created</th>
          <th scope="col">
            <VisuallyHidden>Actions</VisuallyHidden>
          </th>
        </tr>
      </thead>
      <tbody ref={view.list}>
        <Gap pixels={view.abovePixels} />
        {view.items.map(({ index }) => {
          const job = rows[index];
          return job === undefined ? null : (
            <JobTableRow
              key={job.id}
              job={job}
              now={now}
              place={index + 2}
              selected={selectable ? isSelected(selection, job.id) : undefined}
              onSelect={onSelect}
            />
          );
        })}
        <Gap pixels={view.belowPixels} />
      </tbody>
    </table>
  );
}
