'use client';

import {
  createContext,
  use,
  useCallback,
  useEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
  type ReactNode,
} from 'react';
import { useClient } from 'urql';
import { useApiUrl } from '../api/api-context';
import { useSession } from '../api/session-context';
import type { UploadFields } from '../api/upload-file';
import { formatBytes } from '../ui/format';
import { createUploadKey, nextUploads, reduceUploads, type UploadItem } from './upload-queue';

interface Uploads {
  readonly items: readonly UploadItem[];
  readonly options: UploadFields;
  readonly setOptions: (options: UploadFields) => void;
  readonly add: (files: Iterable<File>) => void;
  readonly cancel: (key: string) => void;
  readonly retry: (key: string) => void;
  readonly dismiss: (key: string) => void;
  readonly dismissSettled: () => void;
}

const UploadContext = createContext<Uploads | undefined>(undefined);

export function useUploads(): Uploads {
  const uploads = use(UploadContext);
  if (uploads === undefined) throw new Error('useUploads needs an UploadProvider above it.');
  return uploads;
}

/** Owns the upload queue, above all pages: going from page to page does not interrupt an upload. */
export function UploadProvider({ children }: { children: ReactNode }) {
  const apiUrl = useApiUrl();
  const client = useClient();
  const { maxFileBytes } = useSession().limits;
  const [items, dispatch] = useReducer(reduceUploads, []);
  const [options, setOptions] = useState<UploadFields>({});
  const controllers = useRef(new Map<string, AbortController>());

  const send = useCallback(
    async ({ key, file, fields }: UploadItem) => {
      const controller = new AbortController();
      controllers.current.set(key, controller);
      dispatch({
        type: 'change',
        key,
        changes: { state: 'sending', sentBytes: 0, resumedBytes: undefined, startedAt: Date.now() },
      });
      // Fetched when there is something to send: no page pays for it.
      const { uploadFile } = await import('../api/upload-file');
      const outcome = await uploadFile({
        apiUrl,
        client,
        file,
        fields: { ...fields, idempotencyKey: key },
        signal: controller.signal,
        onProgress: (sentBytes) => dispatch({ type: 'progress', key, sentBytes }),
      });
      controllers.current.delete(key);
      if (outcome.kind === 'cancelled') dispatch({ type: 'change', key, changes: { state: 'cancelled' } });
      else if (outcome.kind === 'refused')
        dispatch({ type: 'change', key, changes: { state: 'refused', problem: outcome } });
      else {
        const { transcriptionId, existing } = outcome;
        dispatch({
          type: 'change',
          key,
          changes: { state: 'accepted', sentBytes: file.size, transcriptionId, existing },
        });
      }
    },
    [apiUrl, client],
  );

  useEffect(() => {
    for (const item of nextUploads(items)) if (!controllers.current.has(item.key)) void send(item);
  }, [items, send]);

  const underWay = items.some(({ state }) => state === 'sending' || state === 'waiting');
  useEffect(() => {
    if (!underWay) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [underWay]);

  const add = useCallback(
    (files: Iterable<File>) => {
      const added = Array.from(files, (file): UploadItem => {
        const item: UploadItem = { key: createUploadKey(), file, fields: options, state: 'waiting', sentBytes: 0 };
        if (file.size <= maxFileBytes) return item;
        const message = `This file has ${formatBytes(file.size)}, the server takes up to ${formatBytes(maxFileBytes)}. Cut it, or raise MAX_FILE_SIZE on the server.`;
        return { ...item, state: 'refused', problem: { code: 'file-too-large', message } };
      });
      dispatch({ type: 'add', items: added });
    },
    [options, maxFileBytes],
  );

  const cancel = useCallback((key: string) => {
    const controller = controllers.current.get(key);
    if (controller === undefined) dispatch({ type: 'change', key, changes: { state: 'cancelled' } });
    else controller.abort();
  }, []);
  const retry = useCallback(
    (key: string) => dispatch({ type: 'change', key, changes: { state: 'waiting', sentBytes: 0 } }),
    [],
  );
  const dismiss = useCallback((key: string) => dispatch({ type: 'dismiss', key }), []);
  const dismissSettled = useCallback(() => dispatch({ type: 'dismiss-settled' }), []);

  const uploads = useMemo(
    () => ({ items, options, setOptions, add, cancel, retry, dismiss, dismissSettled }),
    [items, options, add, cancel, retry, dismiss, dismissSettled],
  );
  return <UploadContext value={uploads}>{children}</UploadContext>;
}
