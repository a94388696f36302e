import { z } from 'zod';
import { instantSchema } from './time';

export const logLevelSchema = z.enum(['debug', 'info', 'warn', 'error', 'fatal']);
export type LogLevel = z.infer<typeof logLevelSchema>;

export const logRecordSchema = z.strictObject({
  /** Rises by one with each record of one console life; lets a reader see that it missed some. */
  sequence: z.number().int().min(0),
  time: instantSchema,
  level: logLevelSchema,
  service: z.string(),
  /** `noun.verb`, e.g. `segment.promoted`. */
  event: z.string(),
  message: z.string(),
  /** Everything else that was logged with it. */
  fields: z.record(z.string(), z.unknown()),
});
export type LogRecord = z.infer<typeof logRecordSchema>;

export const logFilterSchema = z.strictObject({
  /** This level and above. */
  level: logLevelSchema.default('info'),
  service: z.string().max(64).optional(),
  /** Case-insensitive text in event, message or fields. */
  search: z.string().max(200).optional(),
});
export type LogFilter = z.infer<typeof logFilterSchema>;
