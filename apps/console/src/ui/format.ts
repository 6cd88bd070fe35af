const pad = (value: number): string => String(value).padStart(2, '0');

/** 75 → 1:15, 3675 → 1:01:15. Rounds down, as a clock does. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

/** A length for people: 8 s, 3 min 20 s, 2 h 05 min. */
export function formatSpan(seconds: number): string {
  if (seconds < 1) return seconds <= 0 ? '0 s' : '< 1 s';
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 600) return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 3600) return `${Math.round(whole / 60)} min`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Powers of 1024, as the server's own settings count; three digits: 0 B, 42.1 KiB, 1.26 GiB. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  const digits = power === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${BYTE_UNITS[power]}`;
}

/** Whole percents, and never 100 % before it is done. */
export function formatPercent(fraction: number): string {
  const percent = fraction * 100;
  return `${percent >= 100 ? 100 : Math.min(99, Math.floor(percent))} %`;
}

/** just now, 4 min ago, 3 h ago, then the date. */
export function formatAge(date: Date, now: Date): string {
  const seconds = (now.getTime() - date.getTime()) / 1000;
  if (seconds < 45) return 'just now';
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  return dayFormat.format(date);
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const dateFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

export function formatDate(date: Date): string {
  return dateFormat.format(date);
}

const momentFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** Where there is no room for the year: 28 Nov, 12:05. */
export function formatMoment(date: Date): string {
  return momentFormat.format(date);
}

const languageNames = new Intl.DisplayNames(['en'], { type: 'language' });

/** en → English. A code that has no name stays as it is. */
export function formatLanguage(code: string): string {
  try {
    return languageNames.of(code) ?? code;
  } catch {
    return code;
  }
}
