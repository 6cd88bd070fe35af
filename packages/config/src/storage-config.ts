import { join } from 'node:path';
import { ConfigError, type ConfigProblem } from './config-error.js';
import type { ReadVariables } from './read-variables.js';

export interface StorageConfig {
  /** Where files are kept; with an object storage, what passes through the local disk. */
  readonly directory: string;
  /** Undefined: recordings are kept as files in the directory. */
  readonly s3: S3Config | undefined;
}

/** The bucket that recordings are kept in. */
export interface S3Config {
  readonly bucket: string;
  readonly region: string;
  /** Undefined: Amazon's own of the region. */
  readonly endpoint: string | undefined;
  /** Before every key; may be empty. */
  readonly prefix: string;
  /** Undefined: found as Amazon's own tools find them. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  readonly forcePathStyle: boolean;
}

export function readStorageConfig(variables: ReadVariables, dataDirectory: string): StorageConfig {
  const { explicit, withDefault } = variables;
  return {
    directory: explicit('STORAGE_DIR') ?? join(dataDirectory, 'storage'),
    s3: withDefault('STORAGE') === 's3' ? readS3Config(variables) : undefined,
  };
}

/** Throws ConfigError when the variables do not go together. */
function readS3Config({ explicit, withDefault }: ReadVariables): S3Config {
  const bucket = explicit('S3_BUCKET');
  const accessKeyId = explicit('S3_ACCESS_KEY_ID');
  const secretAccessKey = explicit('S3_SECRET_ACCESS_KEY');
  const problems: ConfigProblem[] = [];
  const lacking = (variable: string, accepts: string): void => {
    problems.push({ variable, value: undefined, accepts });
  };
  if (bucket === undefined) lacking('S3_BUCKET', 'the name of a bucket, because STORAGE=s3 is set');
  if (accessKeyId === undefined && secretAccessKey !== undefined) {
    lacking('S3_ACCESS_KEY_ID', 'the key that S3_SECRET_ACCESS_KEY belongs to');
  }
  if (accessKeyId !== undefined && secretAccessKey === undefined) {
    lacking('S3_SECRET_ACCESS_KEY', 'the secret of S3_ACCESS_KEY_ID');
  }
  if (bucket === undefined || problems.length > 0) throw new ConfigError(problems);
  const endpoint = explicit('S3_ENDPOINT');
  return {
    bucket,
    region: withDefault('S3_REGION'),
    endpoint,
    prefix: explicit('S3_PREFIX') ?? '',
    credentials:
      accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey },
    forcePathStyle: explicit('S3_FORCE_PATH_STYLE') ?? endpoint !== undefined,
  };
}
