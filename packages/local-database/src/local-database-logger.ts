/** The part of a logger that is used here; pino's loggers fit. */
export interface LocalDatabaseLogger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
