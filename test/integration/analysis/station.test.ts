import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it, vi } from 'vitest';
import { decodePeaks } from '@shared/model/peaks';
import { workerStatusSchema } from '@shared/model/analysis';
import { commandLine } from '../../support/command-line';
import { testStation } from '../../support/test-station';

const PATIENCE = { timeout: 45_000, interval: 50 };

it('of what a station records there are waveform and picture for whoever looks', async () => {
  const { station, client, dataDir } = await testStation({ simulate: 1, segmentDurationS: 1 });
  await client.settings.set({ key: 'analysis.spectrogram_enabled', value: false });
  await station.start();
  const id = await vi.waitFor(async () => {
    const { items } = await client.recordings.list({ limit: 1 });
    expect(items).toHaveLength(1);
    return items[0]!.id;
  }, PATIENCE);
  const ending = new AbortController();
  const topics: string[] = [];
  const changes = await client.station.changes(undefined, { signal: ending.signal });
  const reading = (async () => {
    for await (const { topic } of changes) topics.push(topic);
  })().catch(() => undefined);
  const asset = await vi.waitFor(async () => {
    const answer = await client.analysis.asset({ recordingId: id, kind: 'spectrogram' });
    expect(answer.state).toBe('ready');
    return answer;
  }, PATIENCE);
  expect(asset.url).toBe(`media://asset/${String(id)}/spectrogram?v=1`);
  await vi.waitFor(() => expect(topics).toContain('assets'), PATIENCE);
  ending.abort();
  await reading;

  const file = station.assetFile(id, 'spectrogram');
  expect(dirname(file!.path)).toBe(`${dataDir}/derived/spectrogram/0`);
  expect(readFileSync(file!.path).toString('latin1', 1, 4)).toBe('PNG');
  await vi.waitFor(async () => {
    // Asked for as well: what is made in advance waits for a machine that has nothing else to do.
    await client.analysis.asset({ recordingId: id, kind: 'peaks' });
    expect(station.assetFile(id, 'peaks')).not.toBeNull();
  }, PATIENCE);
  const bytes = Uint8Array.from(readFileSync(station.assetFile(id, 'peaks')!.path));
  const recording = await client.recordings.get({ id });
  expect(decodePeaks(bytes.buffer)).toMatchObject({
    frames: recording.raw!.frames,
    sampleRateHz: recording.raw!.sampleRateHz,
  });

  const said = await commandLine(['analysis', '--data', dataDir, '--json']);
  const workers = workerStatusSchema.array().parse(JSON.parse(said.out.join('')));
  expect(workers.map(({ name, enabled }) => [name, enabled])).toEqual([
    ['peaks', true],
    ['spectrogram', false],
    ['custom', false],
  ]);
  const words = (await commandLine(['analysis', '--retry', 'peaks', '--data', dataDir])).out;
  expect(words.at(-1)).toMatch(/to be tried again$/);
  const wrong = await commandLine(['analysis', '--retry', 'nobody', '--data', dataDir]);
  expect([wrong.exitCode, wrong.err.length]).toEqual([1, 1]);
  const { services } = await client.station.snapshot();
  expect(services.find(({ name }) => name === 'analysis')?.state).toBe('ok');
});

it('a command without a place for the recording is refused where it is set', async () => {
  const { client } = await testStation();
  await expect(
    client.settings.set({ key: 'analysis.custom_command', value: 'listen --all' }),
  ).rejects.toMatchObject({
    code: 'INVALID_VALUE',
    data: { problem: expect.stringContaining('{file}') as string },
  });
});
