import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RunAnchored } from '@main/events/run-events';
import { isAlive } from '@main/process/identity';
import { configHash } from '@main/recorder/capture-config';
import type { CaptureRun } from '@main/recorder/capture-run';
import { LogTail } from '@main/recorder/log-tail';
import { lookAtRun } from '@main/recorder/open-runs';
import { startCapture } from '@main/recorder/start-capture';
import { fakeMicrophone } from '../../support/fake-microphone';
import { fastClock } from '../../support/fast-clock';
import { knownSignal } from '../../support/known-signal';
import { SINGLE_CONFIG, singleCapture } from '../../support/single-capture';
import { temporaryFolder } from '../../support/temporary-folder';

const XRUN = '[alsa @ 0x55d0c7a3e1c0] ALSA buffer xrun.\n';
/** What ffmpeg says at each segment: in ten minutes it fills the last words that a console keeps. */
const OPENING = `[segment @ 0x1] Opening 'x/.buffer/raw/0a1b2c3d_00000001.wav' for writing\n`;

async function kept(run: CaptureRun, segments: number): Promise<void> {
  await vi.waitFor(
    () => {
      expect(run.counts.promoted).toBeGreaterThanOrEqual(segments);
    },
    { timeout: 20_000, interval: 20 },
  );
}

async function untilTold(holds: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(holds, { timeout: 20_000, interval: 20 });
}

describe('overruns', () => {
  it.each([
    ['that are counted', (text: string) => text],
    [
      'that an older console counted',
      (text: string) => {
        const { logOffset: _, ...older } = JSON.parse(text) as Record<string, unknown>;
        return JSON.stringify(older);
      },
    ],
  ])('%s are not counted again by whoever takes the capture over', async (_, rewrite) => {
    const capture = await singleCapture();
    const { folder, first } = capture;
    await kept(first, 1);
    appendFileSync(folder.logFile, XRUN.repeat(3));
    await untilTold(() => {
      expect(first.timing.overruns).toBe(3);
    });
    // What is known is written down with each segment.
    await kept(first, first.counts.promoted + 2);
    await first.release();
    writeFileSync(folder.timingFile, rewrite(readFileSync(folder.timingFile, 'utf8')));
    const next = await capture.adopt();
    await kept(next, 2);
    expect(next.timing.overruns).toBe(3);
    appendFileSync(folder.logFile, XRUN);
    await untilTold(() => {
      expect(next.timing.overruns).toBe(4);
    });
    await next.stop({ reason: 'restart', detail: 'enough' });
  });

  it('that came while no console ran are counted by the next one', async () => {
    const capture = await singleCapture();
    await kept(capture.first, 2);
    await capture.first.release();
    appendFileSync(capture.folder.logFile, XRUN.repeat(2));
    const next = await capture.adopt();
    await untilTold(() => {
      expect(next.timing.overruns).toBe(2);
    });
    await next.stop({ reason: 'restart', detail: 'enough' });
  });
});

describe('a capture whose console died before it had anchored it', () => {
  it('is anchored by what ffmpeg said first, however much it has said since', async () => {
    const samples = knownSignal(48_000, 2);
    const microphone = fakeMicrophone({ rate: 48_000, channels: 1, format: 'S16_LE', samples });
    const capture = await singleCapture({
      config: { input: { type: 'alsa', pcm: microphone.pcm } },
    });
    const { folder, first } = capture;
    await kept(first, 1);
    await first.release();
    const { anchor, ...rest } = await capture.record();
    expect(anchor).toMatchObject({ source: 'input', synced: true });
    writeFileSync(folder.recordFile, JSON.stringify({ ...rest, anchor: null }));
    rmSync(folder.timingFile);
    appendFileSync(folder.logFile, OPENING.repeat(1_000));
    const next = await capture.adopt();
    await untilTold(async () => {
      // The clock that is right by now may have been set since: nobody looked when it began.
      expect((await capture.record()).anchor).toEqual({ ...anchor, synced: null });
    });
    await next.stop({ reason: 'restart', detail: 'enough' });
  });

  it('is known to be unsynchronised where the clock is so even now', async () => {
    const capture = await singleCapture();
    await kept(capture.first, 1);
    await capture.first.release();
    const record = await capture.record();
    writeFileSync(capture.folder.recordFile, JSON.stringify({ ...record, anchor: null }));
    const next = await capture.adopt({ clockSynced: () => false });
    await untilTold(async () => {
      expect((await capture.record()).anchor?.synced).toBe(false);
    });
    await next.stop({ reason: 'restart', detail: 'enough' });
  });
});

describe('an anchor', () => {
  it('that cannot be written is told when it could be, as it was decided at first', async () => {
    let synced = false;
    const told: RunAnchored[] = [];
    const capture = await singleCapture();
    await kept(capture.first, 1);
    await capture.first.release();
    const record = await capture.record();
    writeFileSync(capture.folder.recordFile, JSON.stringify({ ...record, anchor: null }));
    capture.bus.on('run.anchored', (run) => told.push(run));
    // The name that the record is written under before it gets its own.
    const obstacle = `${capture.folder.recordFile}.${String(process.pid)}.tmp`;
    mkdirSync(obstacle);
    const next = await capture.adopt({ clockSynced: () => synced });
    await untilTold(() => {
      expect(capture.logger.events()).toContain('run.write_failed');
    });
    synced = true;
    await kept(next, 1);
    expect(told).toEqual([]);
    expect((await capture.record()).anchor).toBeNull();
    rmSync(obstacle, { recursive: true });
    await untilTold(async () => {
      expect(told).toEqual([expect.objectContaining({ runId: next.runId, synced: false })]);
      expect((await capture.record()).anchor?.synced).toBe(false);
    });
    await next.stop({ reason: 'restart', detail: 'enough' });
  });
});

describe('a capture process that no signal ends', () => {
  it('is let go when the console stops, and the next console takes it over', async () => {
    const capture = await singleCapture({ clock: fastClock(5) });
    const { first } = capture;
    await kept(first, 1);
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });
    onTestFinished(() => {
      kill.mockRestore();
    });
    await first.stop({ reason: 'console_stopped', detail: 'the console was stopped' });
    expect(await first.ended).toBeNull();
    expect(await isAlive(first.identity)).toBe(true);
    kill.mockRestore();
    expect((await capture.record()).ended).toBeNull();
    const open = await lookAtRun(capture.recorderDir, 'mic', first.runId);
    expect(open).toMatchObject({ obstacle: null, process: first.identity });
    const next = await capture.adopt();
    await kept(next, 1);
    await next.stop({ reason: 'restart', detail: 'enough' });
    expect(await isAlive(first.identity)).toBe(false);
  });

  it('is waited for as long as the console goes on', async () => {
    const clock = fastClock(5);
    const capture = await singleCapture({ clock });
    const { first } = capture;
    await kept(first, 1);
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });
    onTestFinished(() => {
      kill.mockRestore();
    });
    const stopped = first.stop({ reason: 'restart', detail: 'its configuration changed' });
    await clock.sleep(15_000);
    expect(await Promise.race([first.ended, Promise.resolve('still there')])).toBe('still there');
    kill.mockRestore();
    await stopped;
    expect(await first.ended).toMatchObject({ asked: true, complete: true });
  });
});

describe('a capture of an older console', () => {
  it('that knew fewer keys, or more, records the same as one of ours', async () => {
    const capture = await singleCapture();
    await kept(capture.first, 1);
    await capture.first.release();
    const record = await capture.record();
    const { live: _, ...older } = record.config;
    const config = { ...older, dither: 'none' };
    writeFileSync(
      capture.folder.recordFile,
      JSON.stringify({ ...record, config, configHash: 'x' }),
    );
    const next = await capture.adopt();
    expect(next.configHash).toBe(configHash(SINGLE_CONFIG));
    await next.stop({ reason: 'restart', detail: 'enough' });
    // Whoever rewrites a record takes nothing out of it.
    expect((await capture.record()).config).toMatchObject({ dither: 'none' });
  });
});

describe('a capture that cannot be planned', () => {
  it('leaves no folder that somebody would have to look for', async () => {
    const capture = await singleCapture();
    const { folder, tools } = capture;
    const runId = '00c0ffee';
    const path = folder.path.replace(capture.first.runId, runId);
    mkdirSync(`${path}/run.json.${String(process.pid)}.tmp`, { recursive: true });
    const device = { name: 'mic', displayName: 'mic', simulated: true };
    await expect(startCapture(tools(), device, SINGLE_CONFIG, runId)).rejects.toThrow('EISDIR');
    expect(await lookAtRun(capture.recorderDir, 'mic', runId)).toBeNull();
    expect(() => readFileSync(path)).toThrow('ENOENT');
    await capture.first.stop({ reason: 'restart', detail: 'enough' });
  });
});

describe('a log that nobody read for weeks', () => {
  it('is read to its end before it is emptied', async () => {
    const file = `${temporaryFolder()}/ffmpeg.log`;
    writeFileSync(file, `the beginning\n${'x'.repeat(3 * 1024 * 1024)}\nthe end\n`);
    const tail = new LogTail(file);
    while ((await tail.read()) !== '');
    expect(tail.head).toMatch(/^the beginning\n/);
    expect(tail.text).toMatch(/the end\n$/);
    expect(readFileSync(file, 'utf8')).toBe('');
  });
});
