'use client';

import { notifications } from '@mantine/notifications';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useClient } from 'urql';
import { describeError } from '../api/session-errors';
import { mergeSegments, type Segment } from '../job/job-state';
import { EditSegmentDocument, RestoreSegmentDocument } from './transcript-documents';

export type EditResult =
  | { readonly kind: 'saved' }
  /** Somebody was faster: their text. */
  | { readonly kind: 'conflict'; readonly message: string; readonly theirs: Segment }
  | { readonly kind: 'refused'; readonly message: string };

const NO_ANSWER = 'The server did not answer. Try again.';

interface Change {
  readonly id: string;
  readonly before: string;
  readonly after: string;
}

export interface Edits {
  /** The transcript with everything that was edited here, also where the stream has ended. */
  readonly segments: readonly Segment[];
  /** Writes the text, if the segment still is at `revision`. */
  readonly save: (segment: Segment, text: string, revision: number) => Promise<EditResult>;
  readonly restore: (segment: Segment, revision: number) => Promise<EditResult>;
  readonly undo: () => Promise<void>;
  readonly redo: () => Promise<void>;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

interface History {
  readonly done: readonly Change[];
  readonly undone: readonly Change[];
}

const NOTHING_DONE: History = { done: [], undone: [] };

/** The newest of what the stream says and what was written here. */
function overlay(segments: readonly Segment[], edited: ReadonlyMap<string, Segment>): readonly Segment[] {
  if (edited.size === 0) return segments;
  const newer = segments.flatMap(({ id, revision }) => {
    const own = edited.get(id);
    return own !== undefined && own.revision > revision ? [own] : [];
  });
  return mergeSegments(segments, newer);
}

/** Edits of a transcript with undo and redo. Each one is a revision on the server: nothing is lost by undoing either. */
export function useEdits(streamed: readonly Segment[]): Edits {
  const client = useClient();
  const [edited, setEdited] = useState<ReadonlyMap<string, Segment>>(new Map());
  const [history, setHistory] = useState(NOTHING_DONE);
  const busy = useRef(false);
  const segments = useMemo(() => overlay(streamed, edited), [streamed, edited]);

  const keep = useCallback((segment: Segment) => {
    setEdited((known) => new Map(known).set(segment.id, segment));
  }, []);

  const write = useCallback(
    async (id: string, text: string, revision: number): Promise<EditResult> => {
      const { data, error } = await client.mutation(EditSegmentDocument, { id, text, revision }).toPromise();
      if (data === undefined)
        return { kind: 'refused', message: error === undefined ? NO_ANSWER : describeError(error) };
      const { result } = data;
      if (result.__typename === 'SegmentPayload') {
        keep(result.segment);
        return { kind: 'saved' };
      }
      if (result.__typename === 'ConflictError') {
        keep(result.segment);
        return { kind: 'conflict', message: result.message, theirs: result.segment };
      }
      return { kind: 'refused', message: result.message };
    },
    [client, keep],
  );

  const remember = useCallback((change: Change) => {
    if (change.before !== change.after) setHistory(({ done }) => ({ done: [...done, change], undone: [] }));
  }, []);

  const save = useCallback(
    async (segment: Segment, text: string, revision: number) => {
      const after = text.replaceAll(/\s+/g, ' ').trim();
      const result = await write(segment.id, after, revision);
      if (result.kind === 'saved') remember({ id: segment.id, before: segment.text, after });
      return result;
    },
    [write, remember],
  );

  const restore = useCallback(
    async (segment: Segment, revision: number): Promise<EditResult> => {
      const { data, error } = await client.mutation(RestoreSegmentDocument, { id: segment.id, revision }).toPromise();
      if (data === undefined)
        return { kind: 'refused', message: error === undefined ? NO_ANSWER : describeError(error) };
      const { result } = data;
      if (result.__typename !== 'SegmentPayload') return { kind: 'refused', message: result.message };
      keep(result.segment);
      remember({ id: segment.id, before: segment.text, after: result.segment.text });
      return { kind: 'saved' };
    },
    [client, keep, remember],
  );

  /** Writes a text again in place of the one that was expected there. What somebody else wrote since is not overwritten. */
  const replay = async (id: string, expected: string, wanted: string): Promise<boolean> => {
    const segment = segments.find((candidate) => candidate.id === id);
    if (segment === undefined) return false;
    const result: EditResult =
      segment.text === expected
        ? await write(id, wanted, segment.revision)
        : { kind: 'refused', message: 'The text was changed since. Look at its history.' };
    if (result.kind !== 'saved')
      notifications.show({ id: 'cannot-undo', color: 'red', title: 'Not changed', message: result.message });
    return result.kind === 'saved';
  };

  const step = async (direction: 'undo' | 'redo') => {
    const change = (direction === 'undo' ? history.done : history.undone).at(-1);
    if (change === undefined || busy.current) return;
    busy.current = true;
    try {
      const { id, before, after } = change;
      const changed = direction === 'undo' ? await replay(id, after, before) : await replay(id, before, after);
      if (!changed) return;
      setHistory(({ done, undone }) =>
        direction === 'undo'
          ? { done: done.slice(0, -1), undone: [...undone, change] }
          : { done: [...done, change], undone: undone.slice(0, -1) },
      );
    } finally {
      busy.current = false;
    }
  };

  return {
    segments,
    save,
    restore,
    undo: () => step('undo'),
    redo: () => step('redo'),
    canUndo: history.done.length > 0,
    canRedo: history.undone.length > 0,
  };
}
