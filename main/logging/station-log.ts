import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { type LogFilter, type LogLevel, type LogRecord, logRecordSchema } from '@shared/model/log';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { Mailbox } from '../events/mailbox';
import { LogFile } from './log-file';
import { passes } from './log-filter';
import type { Logger } from './logger';
import { plainFields } from './plain-fields';

const FILE_NAME = 'station.log';
const FILE_BYTES = 8 * 1024 * 1024;
const FILES_KEPT = 6;
/** Records held for readers that come later; the file has the rest. */
const RING_SIZE = 2000;
const TAIL_BYTES = 2 * 1024 * 1024;
/** Records that wait for one live reader; a slower one misses the oldest and sees it by their sequence. */
const WAITING_KEPT = 1000;

/**
 * The station's one log: JSON lines in a rotating, bounded file, a ring of the newest records, and live
 * readers. A disk that refuses the log never stops what is being logged about.
 */
export class StationLog {
  readonly #clock: Clock;
  readonly #ring: LogRecord[];
  /** Where each live reader gets what it asked for. */
  readonly #readers = new Set<(record: LogRecord) => void>();
  readonly #file: LogFile;
  readonly #pino: pino.Logger;
  readonly #scrub: (text: string) => string;
  #sequence: number;

  constructor(options: {
    logDir: string;
    clock: Clock;
    level?: LogLevel;
    fileBytes?: number;
    /** False while the folder's disk is not there; its records are then kept in memory only. */
    mayWrite?: () => boolean;
    /** Takes secrets out of a text. */
    scrub?: (text: string) => string;
  }) {
    this.#clock = options.clock;
    this.#scrub = options.scrub ?? ((text) => text);
    this.#ring = readTail(join(options.logDir, FILE_NAME), RING_SIZE);
    this.#sequence = (this.#ring.at(-1)?.sequence ?? -1) + 1;
    const file = new LogFile({
      dir: options.logDir,
      name: FILE_NAME,
      clock: options.clock,
      size: options.fileBytes ?? FILE_BYTES,
      kept: FILES_KEPT,
      ...(options.mayWrite === undefined ? {} : { mayWrite: options.mayWrite }),
    });
    this.#file = file;
    this.#pino = pino(
      {
        base: null,
        level: options.level ?? 'debug',
        messageKey: 'message',
        timestamp: false,
        formatters: { level: (label) => ({ level: label }) },
      },
      {
        write: (line) => {
          file.write(line);
        },
      },
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
    if (signal.aborted) return;
    const mailbox = new Mailbox<LogRecord>(WAITING_KEPT);
    const reader = (record: LogRecord): void => {
      if (passes(filter, record)) mailbox.put(record);
    };
    const leave = (): void => {
      this.#readers.delete(reader);
    };
    this.#readers.add(reader);
    signal.addEventListener('abort', leave);
    try {
      for (;;) {
        const record = await mailbox.next(signal);
        if (record === undefined) return;
        yield record;
      }
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
    }
  }

  /** Live readers now; for tests and for the claim that nothing is spent without any. */
  get watchers(): number {
    return this.#readers.size;
  }

  async close(): Promise<void> {
    await this.#file.close();
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
      message: this.#scrub(message),
      fields: plainFields(fields, this.#scrub),
    };
    this.#sequence += 1;
    this.#ring.push(record);
    if (this.#ring.length > RING_SIZE * 1.25) this.#ring.splice(0, this.#ring.length - RING_SIZE);
    const { level: _level, message: text, ...rest } = record;
    this.#pino[level](rest, text);
    for (const reader of this.#readers) reader(record);
  }
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
