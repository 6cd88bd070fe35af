import { requestError } from './request-error.js';

export const PAGE_SIZE_MAX = 100;
const PAGE_SIZE_DEFAULT = 20;

/** How many rows a page holds; throws above the maximum, so that nobody mistakes a cut page for the end. */
export function readPageSize(size: number | null | undefined): number {
  if (size === null || size === undefined) return PAGE_SIZE_DEFAULT;
  if (size < 0 || size > PAGE_SIZE_MAX) {
    throw requestError('limit-exceeded', `A page holds 0 to ${PAGE_SIZE_MAX} items. Ask for fewer and page on.`);
  }
  return size;
}

/** What a page costs: its items times what is asked of each. */
export function pageComplexity(args: { first?: number | null | undefined; last?: number | null | undefined }): {
  field: number;
  multiplier: number;
} {
  return { field: 1, multiplier: Math.max(1, args.first ?? args.last ?? PAGE_SIZE_DEFAULT) };
}
