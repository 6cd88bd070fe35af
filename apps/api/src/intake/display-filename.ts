const CHARACTERS_MAX = 200;

/** A client's file name for people to read: without folders and control characters, of bounded length. Never part of a path. */
export function displayFilename(claimed: string | undefined): string {
  const base = (claimed ?? '').split(/[/\\]/).at(-1) ?? '';
  // Control and bidirectional characters can make a name read as something else.
  const visible = base.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').trim();
  return [...visible].slice(0, CHARACTERS_MAX).join('') || 'recording';
}

/** The name in a multipart form, where browsers, curl and our own client write quotes and line ends as %22, %0D and %0A (the HTML standard). */
export function formFilename(claimed: string): string {
  return claimed.replaceAll('%22', '"').replaceAll(/%0[AD]/gi, '');
}

/** The same recording under another extension: `interview.mp3` becomes `interview.srt`. */
export function withExtension(filename: string, extension: string): string {
  return `${filename.replace(/\.[^.]{1,8}$/, '')}.${extension}`;
}

/** Content-Disposition with a plain fallback and the real name in UTF-8 (RFC 6266, RFC 8187). */
export function contentDisposition(kind: 'attachment' | 'inline', filename: string): string {
  const plain = filename.replaceAll(/[^\w .()-]/g, '_');
  const encoded = encodeURIComponent(filename).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
