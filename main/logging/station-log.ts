import { EventEmitter, on } from 'node:events';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import { type LogFilter, type LogLevel, type LogRecord, logRecordSchema } from '@shared/model/log';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { passes } from './log-filter';
import type { Logger } from './logger';

const FILE_NAME = 'station.log';
const FILE_SIZE = '8M';
const FILES_KEPT = 6;
/** Records held for readers that come later; the file has the rest. */
const RING_SIZE = 2000;
const TAIL_BYTES = 2 * 1024 * 1024;

/**
 * The station's one log: JSON lines in a rotating, bounded file, a ring of the newest records, and live
 * readers. A disk that refuses the log never stops what is being logged about.
 */
export class StationLog {
  readonly #clock: Clock;
  readonly #ring: LogRecord[];
  readonly #live = new EventEmitter<{ record: [LogRecord] }>();
  readonly #stream: RotatingFileStream;
  readonly #pino: pino.Logger;
  #sequence: number;

  constructor(options: { logDir: string; clock: Clock; level?: LogLevel }) {
    this.#clock = options.clock;
    this.#live.setMaxListeners(0);
    this.#ring = readTail(join(options.logDir, FILE_NAME), RING_SIZE);
    this.#sequence = (this.#ring.at(-1)?.sequence ?? -1) + 1;
    this.#stream = createStream(FILE_NAME, {
      path: options.logDir,
      size: FILE_SIZE,
      maxFiles: FILES_KEPT,
    });
    this.#stream.on('error', () => {
      // A full or vanished disk: the ring and live readers still have the records.
    });
    this.#pino = pino(
      {
        base: null,
        level: options.level ?? 'debug',
        messageKey: 'message',
        timestamp: false,
        formatters: { level: (label) => ({ level: label }) },
        redact: { paths: ['fields.password', 'fields.secret', 'fields.token', 'fields.pass'] },
      },
      this.#stream,
    );
  }

  logger(service: string): Logger {
    const at =
      (level: Exclude<LogLevel, 'fatal'>) =>
      (event: string, message: string, fields: Record<string, unknown> = {}): void => {
        this.#write(level, service, event, message, fields);
      };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      forService: (other) => this.logger(other),
    };
  }

  /** The newest records that pass, oldest first. */
  tail(filter: LogFilter, limit: number): LogRecord[] {
    const found: LogRecord[] = [];
    for (let i = this.#ring.length - 1; i >= 0 && found.length < limit; i -= 1) {
      const record = this.#ring[i];
      if (record !== undefined && passes(filter, record)) found.push(record);
    }
    return found.reverse();
  }

  /** New records that pass, until the signal aborts. */
  async *watch(filter: LogFilter, signal: AbortSignal): AsyncGenerator<LogRecord, void> {
    try {
      for await (const [record] of on(this.#live, 'record', { signal }) as AsyncIterable<[LogRecord]>) {
        if (passes(filter, record)) yield record;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Live readers now; for tests and for the claim that nothing is spent without any. */
  get watchers(): number {
    return this.#live.listenerCount('record');
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#stream.once('close', resolve);
      this.#stream.once('error', () => {
        resolve();
      });
      this.#stream.end(() => {
        resolve();
      });
    });
  }

  #write(
    level: LogLevel,
    service: string,
    event: string,
    message: string,
    fields: Record<string, unknown>,
  ): void {
    const record: LogRecord = {
      sequence: this.#sequence,
      time: toInstant(this.#clock.wallMs()),
      level,
      service,
      event,
      message,
      fields: plain(fields),
    };
    this.#sequence += 1;
    this.#ring.push(record);
    if (this.#ring.length > RING_SIZE * 1.25) this.#ring.splice(0, this.#ring.length - RING_SIZE);
    const { level: _level, message: text, ...rest } = record;
    this.#pino[level](rest, text);
    if (this.watchers > 0) this.#live.emit('record', record);
  }
}

/** What a reader in another process can be sent: errors as their text, no functions, nothing cyclic. */
function plain(fields: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]): [string, unknown] => {
    if (value instanceof Error) return [key, value.message];
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return [key, value];
    try {
      return [key, JSON.parse(JSON.stringify(value) ?? 'null') as unknown];
    } catch {
      return [key, String(value)];
    }
  });
  return Object.fromEntries(entries);
}

/** The last records of a log file; lines that a power cut left half-written are passed over. */
function readTail(file: string, limit: number): LogRecord[] {
  let text: string;
  try {
    const fd = openSync(file, 'r');
    try {
      const { size } = fstatSync(fd);
      const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(fd, buffer, 0, buffer.length, size - buffer.length);
      text = buffer.toString('utf8');
    } finally {
      closeSync(fd);
    }
  } catch {
    return [];
  }
  const records: LogRecord[] = [];
  for (const line of text.split('\n')) {
    try {
      const parsed = logRecordSchema.safeParse(JSON.parse(line));
      if (parsed.success) records.push(parsed.data);
    } catch {
      // Half a line.
    }
  }
  return records.slice(-limit);
}
