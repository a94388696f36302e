import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Asset, AssetKind } from '@shared/model/analysis';
import { decodePeaks, type Peaks } from '@shared/model/peaks';
import { type AnalysedFolder, analysedFolder } from '../../support/analysed-folder';

const PATIENCE = { timeout: 45_000, interval: 20 };

/** Asks as the page does, until there is an answer. */
async function looked({ analysis }: AnalysedFolder, id: number, kind: AssetKind): Promise<Asset> {
  await analysis.start();
  return vi.waitFor(async () => {
    const asset = await analysis.asset(id, kind);
    expect(asset.state).not.toBe('working');
    return asset;
  }, PATIENCE);
}

function fileOf({ analysis }: AnalysedFolder, id: number, kind: AssetKind): Buffer {
  const file = analysis.assetFile(id, kind);
  expect(file).not.toBeNull();
  return readFileSync(file!.path);
}

function peaksOf(folder: AnalysedFolder, id: number): Peaks {
  const bytes = Uint8Array.from(fileOf(folder, id, 'peaks'));
  return decodePeaks(bytes.buffer)!;
}

/** Every file below a folder. */
function filesBelow(root: string): string[] {
  return existsSync(root)
    ? readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name)
    : [];
}

function switchOff({ settings }: AnalysedFolder): void {
  Object.assign(settings.analysis, { peaks_enabled: false, spectrogram_enabled: false });
}

describe('what a person looks at', () => {
  it('is made at once, also where nothing is made in advance, and is told when it is there', async () => {
    const folder = analysedFolder();
    switchOff(folder);
    const id = folder.record();
    const told = vi.fn();
    folder.bus.on('asset.settled', told);
    await folder.analysis.start();
    expect(await folder.analysis.asset(id, 'spectrogram')).toEqual({
      kind: 'spectrogram',
      state: 'working',
      url: null,
      version: 1,
      detail: '',
    });
    await vi.waitFor(() => {
      expect(told).toHaveBeenCalledWith({ recordingId: id, kind: 'spectrogram' });
    }, PATIENCE);
    expect(await folder.analysis.asset(id, 'spectrogram')).toEqual({
      kind: 'spectrogram',
      state: 'ready',
      url: `media://asset/${String(id)}/spectrogram?v=1`,
      version: 1,
      detail: '',
    });
    expect(fileOf(folder, id, 'spectrogram').toString('latin1', 1, 4)).toBe('PNG');
    expect(folder.stateOf(id)['spectrogram']).toMatchObject({ state: 'done', version: '1' });
    expect(folder.stateOf(id)['peaks']).toBeUndefined();
  });

  it('has the waveform as it was recorded, in 8, 16, 24 and 32 bit, channel by channel', async () => {
    const folder = analysedFolder();
    switchOff(folder);
    const source = 'aevalsrc=0.25*sin(2*PI*1000*t)|-0.5*sin(2*PI*1000*t)';
    for (const [codec, digits] of [
      ['pcm_u8', 2],
      ['pcm_s16le', 4],
      ['pcm_s24le', 4],
      ['pcm_s32le', 4],
    ] as const) {
      const id = folder.record({ codec, channels: 2, source, rate: 48_000, seconds: 0.2 });
      expect((await looked(folder, id, 'peaks')).state).toBe('ready');
      const peaks = peaksOf(folder, id);
      expect(peaks).toMatchObject({ channels: 2, sampleRateHz: 48_000, frames: 9600 });
      const { values } = peaks.levels.at(-1)!;
      const most = (channel: number): number =>
        (Math.max(...values.filter((_, at) => at % 4 === channel * 2 + 1)) * peaks.scale) / 32_767;
      expect(most(0)).toBeCloseTo(0.25, digits);
      expect(most(1)).toBeCloseTo(0.5, digits);
    }
  });

  it('is made anew when its file is cut or gone', async () => {
    const folder = analysedFolder();
    switchOff(folder);
    const id = folder.record();
    await looked(folder, id, 'peaks');
    const whole = fileOf(folder, id, 'peaks');
    const { path } = folder.analysis.assetFile(id, 'peaks')!;
    truncateSync(path, 0); // as after a power cut
    expect((await folder.analysis.asset(id, 'peaks')).state).toBe('working');
    await looked(folder, id, 'peaks');
    expect(fileOf(folder, id, 'peaks').equals(whole)).toBe(true);
    rmSync(path);
    await looked(folder, id, 'peaks');
    expect(fileOf(folder, id, 'peaks').equals(whole)).toBe(true);
  });

  it('is told to be no sound when it is none, and tried again only when that is asked for', async () => {
    const folder = analysedFolder();
    switchOff(folder);
    const id = folder.record({ bytes: 'this is text' });
    const told = vi.fn();
    folder.bus.on('asset.settled', told);
    const asset = await looked(folder, id, 'peaks');
    expect(asset).toMatchObject({ state: 'failed', url: null });
    expect(asset.detail).toContain('does not start as a WAV file');
    expect(told).toHaveBeenCalledTimes(1);
    expect((await folder.analysis.asset(id, 'peaks')).state).toBe('failed');
    expect((await folder.analysis.asset(id, 'peaks', true)).state).toBe('working');
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(2), PATIENCE);
    expect(filesBelow(join(folder.root, 'derived'))).toEqual([]);
  });

  it('is not there where its sound is not here, and nobody is asked for what does not exist', async () => {
    const folder = analysedFolder();
    const id = folder.record();
    folder.connection.sqlite.exec('update recordings set local_deleted = 1');
    expect((await folder.analysis.asset(id, 'peaks')).state).toBe('no_audio');
    await expect(folder.analysis.asset(4711, 'peaks')).rejects.toThrow('4711');
    expect(folder.analysis.assetFile(4711, 'peaks')).toBeNull();
  });

  it('goes before all that waits', async () => {
    const folder = analysedFolder();
    const ids = Array.from({ length: 12 }, () => folder.record({ seconds: 0.1 }));
    const order: number[] = [];
    folder.bus.on('asset.settled', ({ recordingId }) => order.push(recordingId));
    const last = ids.at(-1)!;
    await folder.analysis.start();
    await folder.analysis.asset(last, 'peaks');
    await vi.waitFor(() => expect(order).toEqual([last]), PATIENCE);
    expect(folder.analysis.workers()[0]!.done).toBeLessThan(12);
  });
});

describe('what is made in advance', () => {
  it('is made of everything that there is and that comes', async () => {
    const folder = analysedFolder();
    const ids = [folder.record({ seconds: 0.2 }), folder.record({ seconds: 0.2 })];
    await folder.analysis.start();
    const done = (id: number): string[] => Object.keys(folder.stateOf(id)).sort();
    await vi.waitFor(() => {
      for (const id of ids) expect(done(id)).toEqual(['peaks', 'spectrogram']);
    }, PATIENCE);
    const id = folder.record({ seconds: 0.2 });
    folder.bus.emit('recording.indexed', {
      id,
      device: 'mic',
      time: '2026-05-01T00:00:00.000Z',
      source: 'recorder',
    });
    await vi.waitFor(() => expect(done(id)).toEqual(['peaks', 'spectrogram']), PATIENCE);
    expect(
      folder.analysis.workers().map(({ name, backlog, done: n }) => [name, backlog, n]),
    ).toEqual([
      ['peaks', 0, 3],
      ['spectrogram', 0, 3],
      ['custom', 3, 0],
    ]);
    expect(folder.alerts.size).toBe(0);
    expect(folder.analysis.status()).toMatchObject({ state: 'ok', details: '' });
  });

  it('is done behind everything else: nice 19 and idle I/O for its thread, and for no other', async () => {
    const folder = analysedFolder();
    const id = folder.record({ seconds: 0.2 });
    await looked(folder, id, 'peaks');
    const tasks = readdirSync('/proc/self/task').map((thread) => ({
      thread,
      nice: Number(
        readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').split(') ')[1]?.split(' ')[16],
      ),
    }));
    expect(tasks.filter(({ nice }) => nice === 19)).toHaveLength(1);
    const { execFileSync } = await import('node:child_process');
    const { thread } = tasks.find(({ nice }) => nice === 19)!;
    await vi.waitFor(() => {
      expect(execFileSync('ionice', ['-p', thread]).toString()).toMatch(/^idle/);
    }, PATIENCE);
    expect(execFileSync('ionice', ['-p', String(process.pid)]).toString()).not.toMatch(/^idle/);
  });
});

it('of what is purged while it is looked at nothing is left', async () => {
  const folder = analysedFolder();
  switchOff(folder);
  const id = folder.record({ seconds: 15, rate: 192_000 });
  await folder.analysis.start();
  await folder.analysis.asset(id, 'spectrogram');
  await vi.waitFor(() => expect(folder.analysis.workers()[1]!.state).toBe('working'), PATIENCE);
  folder.connection.sqlite.exec('delete from analysis_jobs; delete from recordings');
  await vi.waitFor(() => expect(folder.analysis.workers()[1]!.state).not.toBe('working'), PATIENCE);
  expect(filesBelow(join(folder.root, 'derived'))).toEqual([]);
});

it('whoever is stopped leaves nothing half done: the next one does it', async () => {
  const folder = analysedFolder();
  folder.settings.analysis.spectrogram_enabled = false;
  const id = folder.record({ seconds: 200, rate: 192_000 });
  await folder.analysis.start();
  await vi.waitFor(() => expect(folder.analysis.workers()[0]!.state).toBe('working'), PATIENCE);
  const before = performance.now();
  await folder.analysis.stop();
  expect(performance.now() - before).toBeLessThan(2_000);
  expect(folder.stateOf(id)).toEqual({});
  const job = folder.connection.sqlite.prepare('select * from analysis_jobs').get();
  expect(job).toMatchObject({ recording_id: id, claimed_by: null, attempts: 0 });
  for (const name of filesBelow(join(folder.root, 'derived'))) expect(name).toContain('.partial');
  expect(statSync(folder.root).isDirectory()).toBe(true);
});
