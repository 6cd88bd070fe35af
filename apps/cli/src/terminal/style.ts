import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Colours text on a terminal that shows colours, as the stream's own settings say (NO_COLOR, FORCE_COLOR, no terminal). */
export function paint(format: Format, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return stream.isTTY && stream.hasColors() ? styleText(format, text) : text;
}

export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${seconds.toFixed(0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 90) return `${String(minutes)} min ${String(Math.round(seconds % 60))} s`;
  return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}

const BYTE_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `44 MiB`: powers of 1024, as the settings count and the console shows them. */
export function formatBytes(bytes: number): string {
  const exponent = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), BYTE_UNITS.length - 1);
  const value = bytes / 1024 ** exponent;
  return `${exponent > 0 && value < 10 ? value.toFixed(1) : value.toFixed(0)} ${bytes === 1 ? 'byte' : (BYTE_UNITS[exponent] ?? '')}`;
}

/** By the clock on the wall of whoever reads it, as the console shows it: 2026-11-28 19:13. */
export function formatMoment(isoTime: string): string {
  // Swedish writes dates as ISO 8601 does.
  return new Date(isoTime).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
}
