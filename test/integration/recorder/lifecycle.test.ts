import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Recording } from '@shared/model/recording';
import { findSurvivors } from '@main/recorder/survivors';
import { profileOf } from '../../support/profile';
import { soon } from '../../support/soon';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation, type TestStation } from '../../support/test-station';
import { readSamples } from '../../support/wav-samples';

async function waitForState(test: TestStation, device: string, state: string): Promise<void> {
  await soon(() => {
    expect(test.recorder(device).state).toBe(state);
  });
}

async function addShort(
  test: TestStation,
  parts: Parameters<typeof profileOf>[1] = {},
): Promise<string> {
  await test.client.profiles.create(profileOf('short', parts));
  const device = await test.client.devices.addSimulated({ profileSlug: 'short', source: 'noise' });
  return device.name;
}

async function waitForRecordings(test: TestStation, count: number): Promise<Recording[]> {
  return vi.waitFor(
    async () => {
      const { items } = await test.client.recordings.list({ order: 'oldest_first' });
      expect(items.length).toBeGreaterThanOrEqual(count);
      return items;
    },
    { timeout: 30_000, interval: 50 },
  );
}

describe('a recorder', () => {
  it('records when its device is added, unasked', async () => {
    const test = await testStation();
    await test.station.start();
    const name = await addShort(test);
    await waitForState(test, name, 'recording');
  });

  it('stops when it is switched off, keeps its last segment, and starts again when switched on', async () => {
    const test = await testStation();
    await test.station.start();
    const name = await addShort(test);
    await waitForState(test, name, 'recording');
    const firstRun = test.recorder(name).runId;
    const stopping = await test.client.recorders.stop({ device: name });
    expect(stopping).toMatchObject({ desired: false, desiredReason: 'stopped_by_user' });
    await waitForState(test, name, 'idle');
    await waitForRecordings(test, 1);
    expect(await findSurvivors(join(test.dataDir, 'recorder'))).toEqual(new Map());

    await test.client.recorders.start({ device: name });
    await test.client.recorders.start({ device: name }); // twice does no harm
    await waitForState(test, name, 'recording');
    expect(test.recorder(name).runId).not.toBe(firstRun);
  });

  it('goes over to another profile with a new run, and keeps what the old one recorded', async () => {
    const test = await testStation();
    await test.station.start();
    const name = await addShort(test);
    await waitForRecordings(test, 1);
    await test.client.profiles.create(profileOf('high', { audio: { sample_rate: 96_000 } }));
    await test.client.devices.setProfile({ name, profileSlug: 'high' });
    const rates = async (): Promise<(number | undefined)[]> =>
      (await waitForRecordings(test, 2)).map((item) => item.raw?.sampleRateHz);
    await vi.waitFor(
      async () => {
        expect(await rates()).toContain(96_000);
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(await rates()).toContain(48_000);
  });

  it('ends when its device is removed; its recordings stay', async () => {
    const test = await testStation();
    await test.station.start();
    const name = await addShort(test);
    await waitForRecordings(test, 1);
    await test.client.devices.remove({ name });
    await vi.waitFor(
      async () => {
        expect(await findSurvivors(join(test.dataDir, 'recorder'))).toEqual(new Map());
      },
      { timeout: 20_000 },
    );
    expect(await test.client.recorders.list()).toEqual([]);
    expect((await test.client.recordings.count({ device: name })).total).toBeGreaterThanOrEqual(1);
  });

  it('records at most as many devices as allowed, and says of the others why not', async () => {
    const test = await testStation({ simulate: 3 });
    await test.client.settings.set({ key: 'system.max_recorders', value: 2 });
    await test.station.start();
    await waitForState(test, 'sim-1', 'recording');
    await waitForState(test, 'sim-2', 'recording');
    expect(test.recorder('sim-3')).toMatchObject({
      state: 'idle',
      desiredReason: 'recorder_limit',
    });
  });

  it('without ffmpeg says so, and records as soon as it is there', async () => {
    const folder = temporaryFolder();
    const ffmpeg = join(folder, 'ffmpeg');
    const test = await testStation({ ffmpeg, simulate: 1 });
    await test.station.start();
    await vi.waitFor(
      () => {
        expect(test.recorder('sim-1')).toMatchObject({
          state: 'waiting',
          lastError: { code: 'FFMPEG_MISSING' },
        });
      },
      { timeout: 20_000 },
    );
    expect(test.station.recorders.status()).toMatchObject({ state: 'failed' });
    symlinkSync(execFileSync('which', ['ffmpeg'], { encoding: 'utf8' }).trim(), ffmpeg);
    await waitForState(test, 'sim-1', 'recording');
    await soon(() => {
      expect(test.station.recorders.status()).toMatchObject({ state: 'ok' });
    });
  });

  it('without a raw stream records the processed one alone', async () => {
    const test = await testStation();
    await test.station.start();
    await addShort(test, { audio: { sample_rate: 96_000 }, stream: { raw_enabled: false } });
    const [first] = await waitForRecordings(test, 2);
    expect(first).toMatchObject({ raw: null, durationS: 1, processed: { sampleRateHz: 48_000 } });
  });

  it('without a processed stream records the raw one alone', async () => {
    const test = await testStation();
    await test.station.start();
    await addShort(test, { stream: { processed_enabled: false } });
    const [first] = await waitForRecordings(test, 2);
    expect(first).toMatchObject({ processed: null, durationS: 1, raw: { sampleRateHz: 48_000 } });
  });

  it('applies gain and high-pass to the processed stream only', async () => {
    const level = async (parts: Parameters<typeof profileOf>[1]) => {
      const test = await testStation();
      await test.station.start();
      await addShort(test, parts);
      const [first] = await waitForRecordings(test, 1);
      await test.station.stop();
      const rms = async (path: string): Promise<number> => {
        const { audio } = await readSamples(join(test.dataDir, path));
        let sum = 0;
        for (let i = 0; i < audio.length; i += 2) sum += audio.readInt16LE(i) ** 2;
        return Math.sqrt(sum / (audio.length / 2));
      };
      return { raw: await rms(first!.raw!.path), processed: await rms(first!.processed!.path) };
    };
    const plain = await level({});
    const quieter = await level({ processing: { gain_db: -20 } });
    const filtered = await level({ processing: { highpass_filter_hz: 8_000 } });
    expect(plain.processed / plain.raw).toBeCloseTo(1, 2);
    expect(quieter.processed / quieter.raw).toBeCloseTo(0.1, 2);
    // Pink noise has most of its power below 8 kHz.
    expect(filtered.processed / filtered.raw).toBeLessThan(0.6);
  });

  it('plays a looped file at its profile’s rate, and says so when the file has gone', async () => {
    const folder = temporaryFolder();
    const file = join(folder, "a 'strange' näme, with: %d.wav");
    execFileSync('ffmpeg', [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'sine=f=440:r=22050:d=0.7',
      `file:${file}`,
    ]);
    const test = await testStation();
    await test.station.start();
    await test.client.profiles.create(
      profileOf('short', { audio: { sample_rate: 96_000, channels: 2 } }),
    );
    const { name } = await test.client.devices.addSimulated({
      profileSlug: 'short',
      source: 'file',
      file,
    });
    const [first] = await waitForRecordings(test, 2);
    expect(first).toMatchObject({
      durationS: 1,
      raw: { sampleRateHz: 96_000, channels: 2, frames: 96_000 },
    });
    await test.client.recorders.stop({ device: name });
    await waitForState(test, name, 'idle');
    rmSync(file);
    await test.client.recorders.start({ device: name });
    await vi.waitFor(
      () => {
        expect(test.recorder(name).lastError?.code).toBe('SOURCE_FILE_UNREADABLE');
      },
      { timeout: 20_000 },
    );
  });

  it('that dies is started again, with its cause and without losing what was closed', async () => {
    const test = await testStation();
    await test.station.start();
    const name = await addShort(test);
    await waitForRecordings(test, 1);
    const survivors = await findSurvivors(join(test.dataDir, 'recorder'));
    process.kill(survivors.get(name)!.record.process!.pid, 'SIGKILL');
    await waitForState(test, name, 'waiting');
    expect(test.recorder(name)).toMatchObject({
      restarts: 1,
      lastError: { code: 'EXITED_UNASKED' },
    });
    await waitForState(test, name, 'recording');
  });
});

describe('a station that is stopped', () => {
  it('ends its captures, empties the buffers and indexes the last segments', async () => {
    const test = await testStation({ simulate: 2 });
    await test.station.start();
    await waitForState(test, 'sim-1', 'recording');
    await waitForState(test, 'sim-2', 'recording');
    await test.station.stop();
    expect(await findSurvivors(join(test.dataDir, 'recorder'))).toEqual(new Map());
    const again = await testStation({ dataDir: test.dataDir });
    expect((await again.client.recordings.count({})).total).toBe(2);
    for (const device of ['sim-1', 'sim-2']) {
      for (const stream of ['raw', 'processed']) {
        expect(readdirSync(join(test.dataDir, 'recorder', device, '.buffer', stream))).toEqual([]);
      }
      expect(existsSync(join(test.dataDir, 'recorder', device, 'quarantine'))).toBe(false);
    }
  });

  it('may be stopped while a recorder is just beginning', async () => {
    const test = await testStation({ simulate: 2 });
    await test.station.start();
    await test.station.stop();
    expect(await findSurvivors(join(test.dataDir, 'recorder'))).toEqual(new Map());
  });
});
