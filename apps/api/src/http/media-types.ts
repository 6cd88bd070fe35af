/** What players call our containers; anything else is only bytes to them. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  aac: 'audio/aac',
  aiff: 'audio/aiff',
  amr: 'audio/amr',
  avi: 'video/x-msvideo',
  flac: 'audio/flac',
  matroska: 'audio/webm',
  mp3: 'audio/mpeg',
  mp4: 'audio/mp4',
  mpegts: 'video/mp2t',
  ogg: 'audio/ogg',
  wav: 'audio/wav',
};

export function mediaType(container: string): string {
  return MEDIA_TYPES[container] ?? 'application/octet-stream';
}
