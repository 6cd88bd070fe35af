const PLAYLIST_STARTS = [
  /^#EXTM3U/i,
  /^\[playlist\]/i,
  /^\[reference\]/i,
  /^ffconcat version/i,
  /^rtsptext/i,
  /^smiltext/i,
  /^v=0\r?\n(?:[a-z]=.*\r?\n?)+/,
  /^(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*|<!doctype[^>]*>\s*)*<(?:\w+:)?(?:playlist|asx|smil|mpd|wpl|rss|smoothstreamingmedia)\b/i,
];
const REFERENCE_LINE =
  /^(?:file\s+\S.*|(?:https?|ftp|rtsp|rtmp|rtp|udp|tcp|mms|file|concat|data|gopher|smb|crypto|subfile):.*|.*\.(?:mp3|wav|flac|m4a|mp4|ogg|opus|aac|ts|webm|mkv|m3u8?))$/i;

/** The head as text, or undefined when it is binary. UTF-16 with a byte order mark counts as text. */
export function findText(head: Uint8Array): string | undefined {
  const encoding =
    head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : 'utf-8';
  const text = new TextDecoder(encoding).decode(head);
  if (text.length === 0) return undefined;
  let oddCharacters = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0) return undefined;
    if ((code < 32 && code !== 9 && code !== 10 && code !== 12 && code !== 13) || code === 0xfffd) oddCharacters += 1;
  }
  // Text in an older 8-bit encoding, or cut inside a character, has a few odd ones; audio has them everywhere.
  return oddCharacters <= 2 + text.length * 0.1 ? text : undefined;
}

/** True for a text that points at other media: m3u8, pls, xspf, asx, smil, DASH, SDP, ffconcat, or a bare list of files and addresses. */
export function isPlaylist(text: string): boolean {
  const trimmed = text.trimStart();
  if (PLAYLIST_STARTS.some((start) => start.test(trimmed))) return true;
  const lines = trimmed.split(/\r?\n/).map((line) => line.trim());
  const told = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return told.length > 0 && told.slice(0, 3).every((line) => REFERENCE_LINE.test(line));
}
