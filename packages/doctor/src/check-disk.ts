import { randomBytes } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '@voice-transcriber/config';
import { type Finding, ok, problem, warning } from './finding.js';
import { bytesText } from './quantities.js';
import type { DiskSpace, Machine } from './read-machine.js';

const FREE_BYTES_MIN = 1e9;
/** A recording, its prepared audio (32 kB per second) and room for more of them. */
const FILES_ROOM = 4;
const MEGABYTE = 1e6;
const WRITTEN_BYTES = 32 * MEGABYTE;
/** A 100 MB upload in less than 30 s needs 3.4 MB/s; below 20 it is a card or a share that everything waits for. */
const WRITE_MEGABYTES_PER_SECOND_MIN = 20;

export function checkDiskSpace({ disk }: Pick<Machine, 'disk'>, { storage, upload }: Config): Finding {
  const measured = `${bytesText(disk.bytesFree)} of ${bytesText(disk.bytesTotal)} free for ${storage.directory}`;
  const fix =
    'Free some space, delete old transcriptions, shorten their retention, or set STORAGE_DIR (or DATA_DIR) to a larger disk.';
  if (disk.bytesFree < FREE_BYTES_MIN) return problem('disk-space', measured, fix);
  if (disk.bytesFree >= upload.fileBytesMax * FILES_ROOM) return ok('disk-space', measured);
  return warning('disk-space', `${measured}: less than ${FILES_ROOM} of the largest files (MAX_FILE_SIZE)`, fix);
}

/** Whether uploads can be written where they are spooled, by writing a byte. */
export async function checkSpool({ storage }: Config): Promise<Finding> {
  try {
    await writeOnce(storage.directory, Buffer.alloc(1));
    return ok('spool', `${storage.directory} can be written to`);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const fix =
      code === 'ENOSPC'
        ? 'The disk is full: free some space.'
        : 'Give the user that runs this the right to write there, or set STORAGE_DIR to another folder.';
    return problem('spool', `${storage.directory} cannot be written to (${code})`, fix);
  }
}

/** Writes 32 MB to the data volume, down to the disk. */
export async function measureDisk({ storage }: Config, disk: DiskSpace): Promise<Finding> {
  if (disk.bytesFree < FREE_BYTES_MIN / 2) {
    return warning('disk-speed', 'not measured: too little is free', 'Free some space first.');
  }
  try {
    const seconds = await writeOnce(storage.directory, randomBytes(WRITTEN_BYTES));
    return judgeDiskSpeed(WRITTEN_BYTES / MEGABYTE / seconds);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return problem('disk-speed', `32 MB could not be written (${code})`, 'See the finding on the spool.');
  }
}

export function judgeDiskSpeed(megabytesPerSecond: number): Finding {
  const measured = `${megabytesPerSecond.toFixed(0)} MB/s, written and synced`;
  if (megabytesPerSecond >= WRITE_MEGABYTES_PER_SECOND_MIN) return ok('disk-speed', measured);
  return warning('disk-speed', measured, 'Put STORAGE_DIR and the database on an SSD: uploads wait for this disk.');
}

/** Writes a file down to the disk and removes it, with the folders that were made for it. Returns the seconds that the writing took. */
async function writeOnce(directory: string, content: Buffer): Promise<number> {
  const made = await mkdir(directory, { recursive: true });
  const path = join(directory, `.doctor-${process.pid}`);
  try {
    const startedAt = performance.now();
    const file = await open(path, 'w', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    return (performance.now() - startedAt) / 1000;
  } finally {
    await rm(path, { force: true });
    if (made !== undefined) await rm(made, { recursive: true, force: true });
  }
}
