import type { Logger } from '@main/logging/logger';

export interface LoggedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly event: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

/** A logger that keeps what it is told. */
export function recordingLogger(): Logger & { readonly lines: LoggedLine[]; events(): string[] } {
  const lines: LoggedLine[] = [];
  const write =
    (level: LoggedLine['level']) =>
    (event: string, message: string, fields: Record<string, unknown> = {}): void => {
      lines.push({ level, event, message, fields });
    };
  const logger = {
    lines,
    events: () => lines.map((line) => line.event),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    forService: () => logger,
  };
  return logger;
}
