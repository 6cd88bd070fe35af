export type FindingStatus = 'ok' | 'warning' | 'failed';

/** What one check found. */
export interface Finding {
  check: string;
  status: FindingStatus;
  detail: string;
  /** What to do about it. */
  fix?: string;
}

export function ok(check: string, detail: string): Finding {
  return { check, status: 'ok', detail };
}

export function warning(check: string, detail: string, fix: string): Finding {
  return { check, status: 'warning', detail, fix };
}

export function failed(check: string, detail: string, fix: string): Finding {
  return { check, status: 'failed', detail, fix };
}
