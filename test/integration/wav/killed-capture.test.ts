import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CaptureConfig } from '@main/recorder/capture-config';
import { inspectWav } from '@main/wav/inspect';
import { repairWav } from '@main/wav/repair';
import { BITS_PER_SAMPLE } from '@shared/model/profile';
import { heardBy, killedCapture, pcmDigest } from '../../support/killed-capture';
import { temporaryFolder } from '../../support/temporary-folder';
import { readSamples } from '../../support/wav-samples';

const formats: [string, Partial<CaptureConfig>][] = (
  [
    ['S16LE', 48_000, 1],
    ['S24LE', 48_000, 2],
    ['S24LE', 192_000, 1],
    ['S32LE', 192_000, 2],
    ['S16LE', 384_000, 1],
    ['S24LE', 384_000, 1],
    ['S32LE', 384_000, 2],
  ] as const
).map(([format, sampleRateHz, channels]) => [
  `${format}, ${String(sampleRateHz)} Hz, ${String(channels)} channels`,
  { format, sampleRateHz, channels },
]);

/** Bytes of one second of the raw stream. */
function second({
  format = 'S16LE',
  sampleRateHz = 48_000,
  channels = 1,
}: Partial<CaptureConfig>): number {
  return (sampleRateHz * channels * BITS_PER_SAMPLE[format]) / 8;
}

/** A program of its own says the same of the file. */
function probedFrames(path: string): number {
  const args = ['-v', 'error', '-show_entries', 'stream=duration_ts', '-of', 'csv=p=0', path];
  return Number(execFileSync('ffprobe', args, { encoding: 'utf8' }).trim());
}

describe('a capture that was killed', () => {
  it.each(formats)('leaves a file whose every sample is saved: %s', async (_, config) => {
    const capture = await killedCapture({ config, afterBytes: second(config) * 0.7 });
    const [path] = capture.raw;
    const left = await inspectWav(path!);
    expect(left.state).toBe('unfinished');
    const { bitsPerSample, sampleRateHz, channels } = left;
    const result = await repairWav(path!, { bitsPerSample, sampleRateHz, channels });
    expect(result).toMatchObject({ repaired: true, frames: left.frames });
    const { info, audio } = await readSamples(path!);
    expect(info).toMatchObject({ state: 'whole', frames: left.frames });
    expect(left.fileBytes - left.dataOffset - audio.length).toBeLessThan(info.frameBytes);
    expect(audio.equals(heardBy(capture, info.frames))).toBe(true);
    expect(probedFrames(path!)).toBe(info.frames);
    expect(await repairWav(path!)).toMatchObject({ repaired: false, frames: info.frames });
  });

  it('over several segments leaves nothing between them', async () => {
    const config = { segmentDurationS: 1, sampleRateHz: 192_000, processed: true };
    const capture = await killedCapture({ config, afterBytes: second(config) * 2.5 });
    expect(capture.raw.length).toBeGreaterThanOrEqual(3);
    const pieces: Buffer[] = [];
    for (const path of [...capture.raw, ...capture.processed]) {
      if (statSync(path).size > 0) await repairWav(path);
    }
    for (const path of capture.raw) {
      if (statSync(path).size > 0) pieces.push((await readSamples(path)).audio);
    }
    const audio = Buffer.concat(pieces);
    expect(audio.equals(heardBy(capture, audio.length / 2))).toBe(true);
  });

  it('of long segments, which would have become RF64, leaves a plain file', async () => {
    const config = { sampleRateHz: 384_000, channels: 2, segmentDurationS: 3600 };
    const capture = await killedCapture({ config, afterBytes: second(config) * 0.5 });
    const [path] = capture.raw;
    expect(readFileSync(path!).toString('latin1', 12, 16)).toBe('JUNK');
    const { frames } = await repairWav(path!);
    const { info, audio } = await readSamples(path!);
    expect(info).toMatchObject({ state: 'whole', frames, channels: 2 });
    expect(audio.equals(heardBy(capture, frames))).toBe(true);
    expect(probedFrames(path!)).toBe(frames);
  });

  it('of the size of a disk leaves a file that is counted in 64 bits', async () => {
    const config = { sampleRateHz: 384_000, channels: 2, segmentDurationS: 3600 };
    const capture = await killedCapture({ config, afterBytes: second(config) * 0.2 });
    const [path] = capture.raw;
    const { dataOffset } = await inspectWav(path!);
    const frames = 2 ** 30 + 12_345;
    truncateSync(path!, dataOffset + frames * 4 + 3); // sparse: hardly a block of it is real
    const file = openSync(path!, 'r+');
    writeSync(file, Buffer.from([1, 2, 3, 4]), 0, 4, dataOffset + (frames - 1) * 4);
    closeSync(file);
    expect(await repairWav(path!)).toMatchObject({ repaired: true, frames });
    expect(await inspectWav(path!)).toMatchObject({ state: 'whole', frames });
    expect(probedFrames(path!)).toBe(frames);
    expect(await repairWav(path!)).toMatchObject({ repaired: false, frames });
  });

  it('whose first block a power cut took is given a new header', async () => {
    const config = { sampleRateHz: 192_000, format: 'S24LE' as const };
    const capture = await killedCapture({ config, afterBytes: second(config) * 0.4 });
    const [path] = capture.raw;
    const { frames, dataOffset } = await inspectWav(path!);
    const file = openSync(path!, 'r+');
    writeSync(file, Buffer.alloc(4096), 0, 4096, 0);
    closeSync(file);
    const expected = { sampleRateHz: 192_000, channels: 1, bitsPerSample: 24 };
    expect(await repairWav(path!, expected)).toMatchObject({ repaired: true, frames });
    const { audio } = await readSamples(path!);
    const heard = heardBy(capture, frames);
    expect(audio.subarray(4096 - dataOffset).equals(heard.subarray(4096 - dataOffset))).toBe(true);
  });
});

describe('a file that ffmpeg finished', () => {
  it.each(['auto', 'always'])('is whole, also with rf64=%s', async (rf64) => {
    const path = join(temporaryFolder(), 'a.wav');
    const signal = ['-f', 'lavfi', '-i', 'sine=sample_rate=192000:duration=0.1'];
    execFileSync('ffmpeg', ['-v', 'error', ...signal, '-c:a', 'pcm_s24le', '-rf64', rf64, path]);
    const before = pcmDigest(path);
    expect(await repairWav(path)).toEqual({ repaired: false, frames: 19_200, note: '' });
    expect(pcmDigest(path)).toBe(before);
  });
});
