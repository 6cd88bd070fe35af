/** `HH:MM:SS.mmm`, exact to the millisecond; `separator` is a comma in SRT. Hours grow past two digits when they must. */
export function formatTimecode(milliseconds: number, separator: '.' | ','): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor(milliseconds / 60_000) % 60;
  const seconds = Math.floor(milliseconds / 1_000) % 60;
  const rest = String(milliseconds % 1_000).padStart(3, '0');
  return `${two(hours)}:${two(minutes)}:${two(seconds)}${separator}${rest}`;
}
