import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSegmentName, parseSegmentName } from '@main/files/segment-name';

const runId = fc.stringMatching(/^[0-9a-f]{8}$/);
const segment = fc.record({
  startMs: fc
    .integer({ min: Date.UTC(1990, 0, 1) / 1000, max: Date.UTC(2100, 0, 1) / 1000 })
    .map((s) => s * 1000),
  durationS: fc.oneof(
    fc.integer({ min: 0, max: 3600 }),
    fc.integer({ min: 0, max: 3_600_000 }).map((ms) => ms / 1000),
  ),
  runId,
  sequence: fc.integer({ min: 0, max: 10 ** 10 }),
});

describe('the name of a segment', () => {
  it('says when, how long, which run and which place in it', () => {
    const name = formatSegmentName({
      startMs: Date.UTC(2026, 4, 1, 20, 5, 7, 900),
      durationS: 10,
      runId: '0badcafe',
      sequence: 42,
    });
    expect(name).toBe('2026-05-01T20-05-07Z_10s_0badcafe_00000042.wav');
  });

  it.each([
    [3.5, '3.500s'],
    [0.0214, '0.021s'],
    [9.9999, '10s'],
    [3600, '3600s'],
  ])('writes %d seconds as %s', (durationS, written) => {
    const name = formatSegmentName({ startMs: 0, durationS, runId: '00000000', sequence: 0 });
    expect(name).toContain(`_${written}_`);
  });

  it('can be read back', () => {
    fc.assert(
      fc.property(segment, (name) => {
        expect(parseSegmentName(formatSegmentName(name))).toEqual(name);
      }),
    );
  });

  it('sorts as its time does, and within a run as its sequence', () => {
    fc.assert(
      fc.property(segment, segment, (a, b) => {
        fc.pre(a.startMs !== b.startMs);
        expect(formatSegmentName(a) < formatSegmentName(b)).toBe(a.startMs < b.startMs);
      }),
    );
    const at = { startMs: 0, durationS: 1, runId: '00000000' };
    expect(
      formatSegmentName({ ...at, sequence: 9 }) < formatSegmentName({ ...at, sequence: 10 }),
    ).toBe(true);
  });

  it('is still read when a suffix kept it from overwriting another', () => {
    expect(parseSegmentName('2026-05-01T20-05-07Z_10s_0badcafe_00000042.1.wav')).toMatchObject({
      runId: '0badcafe',
      sequence: 42,
    });
  });
});

describe('a name that the station did not give', () => {
  it.each([
    'a.wav',
    '',
    '20260501_200507.WAV', // an AudioMoth's
    '2026-05-01T20:05:07Z_10s_0badcafe_00000042.wav',
    '2026-05-01T20-05-07_10s_0badcafe_00000042.wav',
    '2026-05-01T20-05-07Z_10_0badcafe_00000042.wav',
    '2026-05-01T20-05-07Z_-1s_0badcafe_00000042.wav',
    '2026-05-01T20-05-07Z_10s_0BADCAFE_00000042.wav',
    '2026-05-01T20-05-07Z_10s_0badcaf_00000042.wav',
    '2026-05-01T20-05-07Z_10s_0badcafe_42.wav',
    '2026-05-01T20-05-07Z_10s_0badcafe_00000042.flac',
    '2026-05-01T20-05-07Z_10s_0badcafe_00000042.wav.tmp',
    'x2026-05-01T20-05-07Z_10s_0badcafe_00000042.wav',
    '2026-05-01T20-05-07Z_10s_0badcafe_00000042.wav\n',
    '2026-13-01T20-05-07Z_10s_0badcafe_00000042.wav',
    '2026-02-30T20-05-07Z_10s_0badcafe_00000042.wav', // no such day
    '2026-05-01T24-00-00Z_10s_0badcafe_00000042.wav', // no such hour
    `2026-05-01T20-05-07Z_10s_0badcafe_${'9'.repeat(200)}.wav`, // no number a database can hold
    `2026-05-01T20-05-07Z_${'9'.repeat(200)}s_0badcafe_00000042.wav`,
  ])('%j means nothing', (name) => {
    expect(parseSegmentName(name)).toBeNull();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const parsed = parseSegmentName(name);
        if (parsed !== null) expect(Number.isSafeInteger(parsed.sequence)).toBe(true);
      }),
    );
  });
});
