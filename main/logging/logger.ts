/**
 * Structured logging as the services use it: an event name in `noun.verb` form, one English sentence,
 * and fields. Secrets never go in.
 */
export interface Logger {
  debug(event: string, message: string, fields?: Record<string, unknown>): void;
  info(event: string, message: string, fields?: Record<string, unknown>): void;
  warn(event: string, message: string, fields?: Record<string, unknown>): void;
  error(event: string, message: string, fields?: Record<string, unknown>): void;
  /** The same log under a service's name. */
  forService(service: string): Logger;
}
