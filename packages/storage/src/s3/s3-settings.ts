/** A bucket of Amazon S3 or of a server that speaks its protocol. */
export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  /** Undefined: Amazon's own of the region. */
  readonly endpoint: string | undefined;
  /** Before every key, without slashes at its ends; empty for none. */
  readonly prefix: string;
  /** Undefined: found as Amazon's own tools find them, for example from the role of the machine. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** The bucket in the path instead of the host name, as most servers but Amazon's want it. */
  readonly forcePathStyle: boolean;
}
