import type { PreviousUpload, UrlStorage } from 'tus-js-client';

/**
 * Remembers the addresses of uploads that are not finished, so that another process or page can go on with them. An address is of no use without the API key.
 * `localStorage` in browsers; in Node `createFileResumeStore`; or one of your own.
 */
export type ResumeStore = UrlStorage;
export type RememberedUpload = PreviousUpload;

/** As long as the server keeps an upload that is not finished. */
const VALID_MILLISECONDS = 24 * 3_600_000;

/** The newest upload of the same file that the server can still have; older ones are forgotten. */
export async function findRemembered(store: ResumeStore, fingerprint: string): Promise<RememberedUpload | undefined> {
  const found = await store.findUploadsByFingerprint(fingerprint);
  const age = ({ creationTime }: RememberedUpload): number => Date.now() - Date.parse(creationTime);
  const [newest, ...older] = found.sort((one, other) => age(one) - age(other));
  const isValid = newest !== undefined && age(newest) < VALID_MILLISECONDS;
  for (const { urlStorageKey } of isValid ? older : found) await store.removeUpload(urlStorageKey);
  return isValid ? newest : undefined;
}
