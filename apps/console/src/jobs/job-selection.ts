import type { TranscriptionFilter, TranscriptionSelection } from '../gql/graphql';
import type { JobRow } from './job-list';

/** Rows that were ticked, or everything that the list's criteria let through, loaded or not. */
export type JobSelection =
  { readonly kind: 'rows'; readonly ids: ReadonlySet<string> } | { readonly kind: 'matching'; readonly count: number };

export const NOTHING_SELECTED: JobSelection = { kind: 'rows', ids: new Set() };

export const isSelected = (selection: JobSelection, id: string): boolean =>
  selection.kind === 'matching' || selection.ids.has(id);

export const countSelected = (selection: JobSelection): number =>
  selection.kind === 'matching' ? selection.count : selection.ids.size;

/** Ticks or unticks one row. Of a selection of everything, the rows that are loaded stay ticked, without this one. */
export function withRow(selection: JobSelection, id: string, rows: readonly JobRow[]): JobSelection {
  const ids = new Set(selection.kind === 'matching' ? rows.map((row) => row.id) : selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { kind: 'rows', ids };
}

/** All loaded rows, or none when they are all ticked. */
export function withAllRows(selection: JobSelection, rows: readonly JobRow[]): JobSelection {
  const all = rows.length > 0 && rows.every(({ id }) => isSelected(selection, id));
  return all ? NOTHING_SELECTED : { kind: 'rows', ids: new Set(rows.map(({ id }) => id)) };
}

/** A row that was deleted is no longer selected. */
export function withoutRow(selection: JobSelection, id: string): JobSelection {
  if (selection.kind === 'matching' || !selection.ids.has(id)) return selection;
  return { kind: 'rows', ids: new Set([...selection.ids].filter((known) => known !== id)) };
}

export const toApiSelection = (selection: JobSelection, filter: TranscriptionFilter): TranscriptionSelection =>
  selection.kind === 'matching' ? { filter } : { ids: [...selection.ids] };
