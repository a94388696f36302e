import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Recording } from '@shared/model/recording';
import type { StationSnapshot } from '@shared/model/station';
import { findSurvivors } from '@main/recorder/survivors';
import { station } from '../../support/built-console';
import { temporaryFolder } from '../../support/temporary-folder';
import { readSamples } from '../../support/wav-samples';

/** A console of its own that is killed as a power-hungry kernel would; its capture goes on. */
async function killedConsole(): Promise<string> {
  const dataDir = temporaryFolder();
  mkdirSync(dataDir, { recursive: true });
  const console = station([
    'run',
    '--data',
    dataDir,
    '--simulate',
    '1',
    '--segment',
    '1s',
    '--json',
  ]);
  onTestFinished(async () => {
    console.kill('SIGKILL');
    for (const { record } of (await findSurvivors(join(dataDir, 'recorder'))).values()) {
      process.kill(record.process!.pid, 'SIGKILL');
    }
  });
  await vi.waitFor(
    () => {
      expect(readdirSync(join(dataDir, 'recorder', 'sim-1', 'data', 'raw')).length).toBeGreaterThan(
        1,
      );
    },
    { timeout: 30_000, interval: 100 },
  );
  console.kill('SIGKILL');
  await console;
  return dataDir;
}

describe('a capture whose console was killed', () => {
  it('goes on; status says so; the next console ends it, keeps all of it and records anew', async () => {
    const dataDir = await killedConsole();
    const recorderDir = join(dataDir, 'recorder');
    const survivor = (await findSurvivors(recorderDir)).get('sim-1')!;
    expect(survivor.record.process).not.toBeNull();

    const status = await station(['status', '--data', dataDir, '--json']);
    const snapshot = JSON.parse(status.stdout) as StationSnapshot;
    expect(snapshot.station.running).toBe(false);
    expect(snapshot.recorders[0]).toMatchObject({
      device: 'sim-1',
      desired: false,
      desiredReason: 'console_stopped',
      state: 'recording',
      runId: survivor.record.runId,
    });

    const next = await station(['run', '--data', dataDir, '--segment', '1s', '--for', '3s']);
    expect(next.exitCode, next.stderr).toBe(0);
    expect(await findSurvivors(recorderDir)).toEqual(new Map());
    for (const stream of ['raw', 'processed']) {
      expect(readdirSync(join(recorderDir, 'sim-1', '.buffer', stream))).toEqual([]);
    }

    const listed = await station(['recordings', '--data', dataDir, '--json', '--limit', '1000']);
    const { items } = JSON.parse(listed.stdout) as { items: Recording[] };
    const ofFirstRun = items.filter((item) => item.runId === survivor.record.runId).reverse();
    expect(new Set(items.map((item) => item.runId)).size).toBe(2);
    // Without a gap over the death of the console, in samples and in time.
    expect(ofFirstRun.map((item) => item.sequence)).toEqual(ofFirstRun.map((_, i) => i));
    for (const [i, item] of ofFirstRun.entries()) {
      const { info } = await readSamples(join(dataDir, item.raw!.path));
      expect(info.state).toBe('whole');
      if (i === 0) continue;
      const before = ofFirstRun[i - 1]!;
      const end = Date.parse(before.time) + before.durationS * 1000;
      expect(Math.abs(Date.parse(item.time) - end)).toBeLessThanOrEqual(1);
    }
    const record = JSON.parse(
      readFileSync(join(recorderDir, 'sim-1', 'runs', survivor.record.runId, 'run.json'), 'utf8'),
    ) as { ended: { why: string } };
    expect(record.ended.why).toBe('ended by the next console');
  });
});
