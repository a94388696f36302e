import type { LogRecord } from '@shared/model/log';
import { describe, expect, test } from 'vitest';
import {
  appendRecords,
  MAX_LINES,
  NO_LINES,
  toNdjson,
} from '../../../renderer/features/logs/log-lines';

const record = (sequence: number, time = 1000 + sequence): LogRecord => ({
  sequence,
  time: new Date(time).toISOString(),
  level: 'info',
  service: 'recorder',
  event: 'segment.promoted',
  message: '',
  fields: {},
});
const all = { complete: true };
const some = { complete: false };
const kinds = (log: typeof NO_LINES): string[] =>
  log.lines.map((line) =>
    line.kind === 'record'
      ? String(line.record.sequence)
      : `${line.kind}${line.kind === 'missed' ? ` ${String(line.count)}` : ''}`,
  );

describe('log lines', () => {
  test('leave out what tail and watch both bring', () => {
    const tail = appendRecords(NO_LINES, [record(1), record(2), record(3)], all);
    expect(kinds(appendRecords(tail, [record(2), record(3), record(4)], all))).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
  });

  test('show how many records were missed when no filter can explain the jump', () => {
    const log = appendRecords(NO_LINES, [record(1), record(5)], all);
    expect(kinds(log)).toEqual(['1', 'missed 3', '5']);
    expect(kinds(appendRecords(NO_LINES, [record(1), record(5)], some))).toEqual(['1', '5']);
  });

  test('say that some may have been missed after a break in a filtered stream', () => {
    const before = appendRecords(NO_LINES, [record(1)], some);
    expect(kinds(appendRecords(before, [record(9)], { ...some, maybeMissed: true }))).toEqual([
      '1',
      'missed null',
      '9',
    ]);
    expect(kinds(appendRecords(NO_LINES, [record(9)], { ...some, maybeMissed: true }))).toEqual([
      '9',
    ]);
  });

  test('mark a restart of the station where the sequence begins anew', () => {
    const before = appendRecords(NO_LINES, [record(70)], all);
    expect(kinds(appendRecords(before, [record(0, 9000), record(1, 9001)], all))).toEqual([
      '70',
      'restarted',
      '0',
      '1',
    ]);
  });

  test('are bounded, and say how many fell off', () => {
    const many = Array.from({ length: MAX_LINES + 10 }, (_, index) => record(index));
    const log = appendRecords(NO_LINES, many, all);
    expect(log.lines).toHaveLength(MAX_LINES);
    expect(log).toMatchObject({ dropped: 10, added: MAX_LINES + 10 });
    expect(kinds(log)[0]).toBe('10');
  });

  test('stay the same object when nothing was added', () => {
    const log = appendRecords(NO_LINES, [record(1)], all);
    expect(appendRecords(log, [record(1)], all)).toBe(log);
  });

  test('are saved as one JSON document a line, without notices', () => {
    const text = toNdjson(appendRecords(NO_LINES, [record(1), record(5)], all).lines);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as LogRecord).sequence),
    ).toEqual([1, 5]);
    expect(text.endsWith('\n')).toBe(true);
  });
});
