import type { UploadFields } from '../api/upload-file';

export type UploadState = 'waiting' | 'sending' | 'accepted' | 'refused' | 'cancelled';

export interface UploadItem {
  /** Also the idempotency key: sending the same item again never makes a second job. */
  readonly key: string;
  readonly file: File;
  readonly fields: UploadFields;
  readonly state: UploadState;
  readonly sentBytes: number;
  /** Had arrived before this attempt: no part of its speed. */
  readonly resumedBytes?: number | undefined;
  readonly startedAt?: number;
  readonly problem?: { readonly code: string; readonly message: string };
  readonly transcriptionId?: string;
  /** The server had this job already. */
  readonly existing?: boolean;
}

export type UploadAction =
  | { readonly type: 'add'; readonly items: readonly UploadItem[] }
  | { readonly type: 'change'; readonly key: string; readonly changes: Partial<UploadItem> }
  | { readonly type: 'progress'; readonly key: string; readonly sentBytes: number }
  | { readonly type: 'dismiss'; readonly key: string }
  | { readonly type: 'dismiss-settled' };

export const UPLOADS_AT_ONCE = 2;

export const isSettled = ({ state }: UploadItem): boolean => state !== 'waiting' && state !== 'sending';

export function reduceUploads(items: readonly UploadItem[], action: UploadAction): readonly UploadItem[] {
  switch (action.type) {
    case 'add':
      return [...items, ...action.items];
    case 'change':
      return items.map((item) => (item.key === action.key ? { ...item, ...action.changes } : item));
    case 'progress':
      return items.map((item) =>
        item.key === action.key
          ? { ...item, sentBytes: action.sentBytes, resumedBytes: item.resumedBytes ?? action.sentBytes }
          : item,
      );
    case 'dismiss':
      return items.filter(({ key }) => key !== action.key);
    case 'dismiss-settled':
      return items.filter((item) => !isSettled(item) || item.state === 'refused');
  }
}

/** The uploads to start now: in order of arrival, so many at once that each still gets a fair share of the line. */
export function nextUploads(items: readonly UploadItem[]): readonly UploadItem[] {
  const free = UPLOADS_AT_ONCE - items.filter(({ state }) => state === 'sending').length;
  return items.filter(({ state }) => state === 'waiting').slice(0, Math.max(0, free));
}

/** A random key that also works on a page that was not opened over https, where `crypto.randomUUID` is missing. */
export function createUploadKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
