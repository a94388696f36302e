import { describe, expect, it } from 'vitest';
import type { LogFilter, LogRecord } from '@shared/model/log';
import { passes } from '@main/logging/log-filter';

const RECORD: LogRecord = {
  sequence: 1,
  time: '2026-05-01T12:00:00.000Z',
  level: 'warn',
  service: 'recorder',
  event: 'segment.refused',
  message: 'A segment was refused.',
  fields: { device: 'Ultramic-7' },
};

describe('a log filter', () => {
  it.each<[Partial<LogFilter>, boolean]>([
    [{}, true],
    [{ level: 'warn' }, true],
    [{ level: 'error' }, false],
    [{ level: 'debug' }, true],
    [{ service: 'recorder' }, true],
    [{ service: 'recor' }, false],
    [{ search: '' }, true],
    [{ search: 'REFUSED' }, true],
    [{ search: 'a SEGMENT was' }, true],
    [{ search: 'ultramic-7' }, true],
    [{ search: 'nightingale' }, false],
    [{ search: 'refused', service: 'indexer' }, false],
  ])('%j lets a warning of the recorder pass: %s', (filter, expected) => {
    expect(passes({ level: 'info', ...filter }, RECORD)).toBe(expected);
  });
});
