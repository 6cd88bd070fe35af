/**
 * Every container that is let in, with the name of the one ffmpeg demuxer that may read it. Anything not listed is refused: among ffmpeg's demuxers are
 * playlists and scripts that open other files and addresses.
 */
export const CONTAINER_INPUT_FORMATS = {
  wav: 'wav',
  w64: 'w64',
  flac: 'flac',
  mp3: 'mp3',
  mp4: 'mov',
  aac: 'aac',
  aiff: 'aiff',
  ogg: 'ogg',
  matroska: 'matroska',
  sph: 'nistsphere',
  amr: 'amr',
  asf: 'asf',
  avi: 'avi',
  mpegts: 'mpegts',
  mpegps: 'mpeg',
  caf: 'caf',
  au: 'au',
  ac3: 'ac3',
  eac3: 'eac3',
  dts: 'dts',
  tta: 'tta',
  wavpack: 'wv',
  ape: 'ape',
  musepack7: 'mpc',
  musepack8: 'mpc8',
  flv: 'flv',
  voc: 'voc',
  dsf: 'dsf',
  realmedia: 'rm',
  qcp: 'qcp',
  gxf: 'gxf',
  mxf: 'mxf',
  tak: 'tak',
  shorten: 'shn',
  nut: 'nut',
} as const;

export type Container = keyof typeof CONTAINER_INPUT_FORMATS;

export interface SniffedContainer {
  /** Our name of the container: `wav`, `mp4` (also m4a, mov, 3gp), `matroska` (also webm) … */
  readonly container: Container;
  /** The demuxer that ffmpeg is told to use. */
  readonly ffmpegInputFormat: string;
}

/** Undefined for a name that is not a container of ours. */
export function findContainer(name: string): SniffedContainer | undefined {
  if (!Object.hasOwn(CONTAINER_INPUT_FORMATS, name)) return undefined;
  const container = name as Container;
  return { container, ffmpegInputFormat: CONTAINER_INPUT_FORMATS[container] };
}
