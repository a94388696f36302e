import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Recording } from '@shared/model/recording';
import { station } from '../../support/built-console';
import { knownSignal } from '../../support/known-signal';
import { readSamples } from '../../support/wav-samples';

const SEGMENT_S = 5;

describe('a run of 35 seconds with two simulated microphones', () => {
  let dataDir: string;
  let recordings: Recording[];
  const of = (device: string): Recording[] =>
    recordings.filter((recording) => recording.device === device).reverse();

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'silvasonic-test-'));
    const run = await station(
      ['run', '--data', dataDir, '--simulate', '2', '--segment', '5s', '--for', '35s', '--json'],
      { timeout: 60_000 },
    );
    expect(run.exitCode, run.stderr).toBe(0);
    const listed = await station(['recordings', '--data', dataDir, '--json']);
    recordings = (JSON.parse(listed.stdout) as { items: Recording[] }).items;
  }, 90_000);

  afterAll(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  it.each(['sim-1', 'sim-2'])('lists at least six recordings of %s', (device) => {
    expect(of(device).length).toBeGreaterThanOrEqual(6);
  });

  it('says that they are simulated', () => {
    expect(recordings.every((recording) => recording.simulated)).toBe(true);
  });

  it('gives every row the length of its raw file', async () => {
    for (const recording of recordings) {
      const { info } = await readSamples(join(dataDir, recording.raw!.path));
      expect(info.state).toBe('whole');
      expect(info.frames / info.sampleRateHz).toBe(recording.durationS);
      expect(recording.raw).toMatchObject({
        frames: info.frames,
        sizeBytes: info.fileBytes,
        sampleRateHz: info.sampleRateHz,
      });
    }
  });

  it('cuts every segment but the last to the very frame', () => {
    for (const device of ['sim-1', 'sim-2']) {
      for (const recording of of(device).slice(0, -1)) expect(recording.durationS).toBe(SEGMENT_S);
    }
  });

  it.each(['sim-1', 'sim-2'])(
    'joins the segments of %s without a missing or doubled sample',
    async (device) => {
      const files = of(device);
      const parts = await Promise.all(
        files.map((file) => readSamples(join(dataDir, file.raw!.path))),
      );
      const recorded = Buffer.concat(parts.map((part) => part.audio));
      const rate = files[0]!.raw!.sampleRateHz;
      const played = knownSignal(rate, 36).subarray(0, recorded.length);
      expect(recorded.length).toBeGreaterThan(30 * rate * 2);
      expect(recorded.equals(played)).toBe(true);
    },
  );

  it('starts every recording where the one before it ended, within a millisecond', () => {
    for (const device of ['sim-1', 'sim-2']) {
      const rows = of(device);
      for (const [i, row] of rows.entries()) {
        const before = rows[i - 1];
        if (before === undefined) continue;
        const end = Date.parse(before.time) + before.durationS * 1000;
        expect(Math.abs(Date.parse(row.time) - end)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('makes a processed file of 48 kHz and 16 bit for each, as long as the raw one within a frame', async () => {
    for (const recording of recordings) {
      const { info } = await readSamples(join(dataDir, recording.processed!.path));
      expect(info).toMatchObject({ sampleRateHz: 48_000, bitsPerSample: 16, state: 'whole' });
      expect(Math.abs(info.frames - recording.durationS * 48_000)).toBeLessThanOrEqual(1);
    }
  });

  it('knows the hash of every file', () => {
    for (const { raw, processed } of recordings) {
      for (const file of [raw!, processed!]) {
        const [hash] = execFileSync('sha256sum', [join(dataDir, file.path)], {
          encoding: 'utf8',
        }).split(' ');
        expect(file.sha256).toBe(hash);
      }
    }
  });

  it('names both files of a recording alike, by its start, its length, its run and its place', () => {
    for (const { raw, processed, time, runId, sequence } of recordings) {
      const name = raw!.path.split('/').at(-1)!;
      expect(processed!.path.split('/').at(-1)).toBe(name);
      expect(name).toContain(`${time.slice(0, 19).replaceAll(':', '-')}Z_`);
      expect(name).toContain(`_${runId!}_${String(sequence).padStart(8, '0')}.wav`);
    }
  });

  it('leaves nothing in the buffers and nothing running', () => {
    for (const device of ['sim-1', 'sim-2']) {
      for (const stream of ['raw', 'processed']) {
        expect(readdirSync(join(dataDir, 'recorder', device, '.buffer', stream))).toEqual([]);
      }
      expect(existsSync(join(dataDir, 'recorder', device, 'quarantine'))).toBe(false);
    }
    expect(existsSync(join(dataDir, 'console.sock'))).toBe(false);
  });
});
