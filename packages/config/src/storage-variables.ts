import * as format from './formats.js';
import { variable } from './variable-definition.js';

/** The variables that say where recordings are kept. */
export const storageDefinitions = {
  STORAGE_DIR: variable(
    format.path,
    '<DATA_DIR>/storage',
    'Where uploads and prepared audio are kept; shared by all instances, unless STORAGE=s3: then each has its own, for what passes through.',
  ),
  STORAGE: variable(
    format.oneOf('files', 's3'),
    'files',
    'Where recordings and prepared audio are kept: files in STORAGE_DIR, or objects in a bucket (s3).',
  ),
  S3_BUCKET: variable(format.bucketName, '<none>', 'The bucket that recordings are kept in; it must exist.'),
  S3_ENDPOINT: variable(format.httpUrl, '<of Amazon>', 'The address of the object storage, when it is not Amazon S3.'),
  S3_REGION: variable(format.label, 'us-east-1', 'The region of the bucket; most servers but Amazon take any.'),
  S3_PREFIX: variable(format.keyPrefix, '<none>', 'Folders before every key, to share a bucket with others.'),
  S3_ACCESS_KEY_ID: variable(
    format.text,
    "<found as Amazon's tools find it>",
    'The key to the bucket: it reads, writes, deletes and lists.',
  ),
  S3_SECRET_ACCESS_KEY: variable(format.text, "<found as Amazon's tools find it>", 'The secret of that key.'),
  S3_FORCE_PATH_STYLE: variable(
    format.truthValue,
    '<True when S3_ENDPOINT is set>',
    'Whether the bucket stands in the path of an address instead of its host name.',
  ),
} as const;
