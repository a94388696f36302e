import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Stream } from '@shared/model/recording';
import { createEventBus } from '@main/events/bus';
import type { PromotedSegment } from '@main/events/promoted-segment';
import type { CaptureConfig } from '@main/recorder/capture-config';
import { readLedgerEnd, runFolderAt } from '@main/recorder/run-files';
import { SegmentPromoter } from '@main/recorder/segment-promoter';
import { makeWorkspace, workspaceAt } from '@main/recorder/workspace';
import { inspectWav, type WavInfo } from '@main/wav/inspect';
import { recordingLogger } from '../../support/recording-logger';
import { temporaryFolder } from '../../support/temporary-folder';

const RUN = '0a1b2c3d';
const ANCHOR_MS = Date.UTC(2026, 4, 1, 3, 30, 0, 250);

const config: CaptureConfig = {
  device: 'mic',
  workspace: 'mic',
  input: { type: 'sweep' },
  sampleRateHz: 96_000,
  channels: 1,
  format: 'S16LE',
  raw: true,
  processed: true,
  live: false,
  gainDb: 0,
  highpassHz: null,
  segmentDurationS: 1,
};

async function stage(parts: Partial<CaptureConfig> = {}) {
  const workspace = workspaceAt(temporaryFolder(), 'mic');
  await makeWorkspace(workspace);
  const folder = runFolderAt(workspace.path, RUN);
  mkdirSync(folder.path, { recursive: true });
  const bus = createEventBus();
  const promoted: PromotedSegment[] = [];
  bus.on('segment.promoted', (segment) => promoted.push(segment));
  const logger = recordingLogger();
  const promoter = (clockSynced?: () => boolean | null): SegmentPromoter =>
    new SegmentPromoter({
      config: { ...config, ...parts },
      runId: RUN,
      device: { name: 'mic', displayName: 'mic', simulated: true },
      folder,
      workspace,
      anchor: () => ({ wallMs: ANCHOR_MS, monotonicMs: 0, source: 'process_start', synced: true }),
      ...(clockSynced === undefined ? {} : { clockSynced }),
      ffmpeg: 'ffmpeg',
      describe: () => new Map(),
      bus,
      logger,
    });
  const bufferFile = (stream: Stream, sequence: number): string =>
    join(workspace.buffer[stream], `${RUN}_${String(sequence).padStart(8, '0')}.wav`);
  const write = (
    stream: Stream,
    sequence: number,
    seconds = 1,
    rate = stream === 'raw' ? 96_000 : 48_000,
  ): void => {
    const source = `sine=f=1000:r=${String(rate)}:d=${String(seconds)}`;
    execFileSync('ffmpeg', [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      source,
      '-c:a',
      'pcm_s16le',
      bufferFile(stream, sequence),
    ]);
  };
  const close = (stream: Stream, sequence: number): void => {
    const row = `${RUN}_${String(sequence).padStart(8, '0')}.wav,${String(sequence)}.000000,${String(sequence + 1)}.000000\n`;
    appendFileSync(stream === 'raw' ? folder.rawList : folder.processedList, row);
  };
  const pair = (sequence: number): void => {
    for (const stream of ['raw', 'processed'] as const) {
      write(stream, sequence);
      close(stream, sequence);
    }
  };
  const kept = (stream: Stream): string[] => readdirSync(workspace.data[stream]).sort();
  return { workspace, folder, promoted, promoter, bufferFile, write, close, pair, kept, logger };
}

describe('promotion', () => {
  it('keeps a pair under one name when both streams have closed it, not before', async () => {
    const { promoter, write, close, kept, promoted, folder } = await stage();
    const run = promoter();
    write('raw', 0);
    write('processed', 0);
    close('raw', 0);
    await run.promoteClosed();
    expect(kept('raw')).toEqual([]);
    close('processed', 0);
    await run.promoteClosed();
    const name = '2026-05-01T03-30-00Z_1s_0a1b2c3d_00000000.wav';
    expect(kept('raw')).toEqual([name]);
    expect(kept('processed')).toEqual([name]);
    expect(promoted).toEqual([
      expect.objectContaining({
        sequence: 0,
        firstFrame: 0,
        frames: 96_000,
        startWallMs: ANCHOR_MS,
      }),
    ]);
    expect((await readLedgerEnd(folder)).get(0)).toMatchObject({
      fileName: name,
      startWallMs: ANCHOR_MS,
    });
  });

  it('says of a run that outlived what set its clock that nobody knows how right it still is', async () => {
    const { promoter, pair, promoted } = await stage();
    let synced: boolean | null = true;
    const run = promoter(() => synced);
    for (const [sequence, now] of [true, false, null, true].entries()) {
      synced = now;
      pair(sequence);
      await run.promoteClosed();
    }
    expect(promoted.map(({ clockSynced }) => clockSynced)).toEqual([true, null, null, true]);
  });

  it('never overwrites: a name that exists gets a suffix', async () => {
    const { promoter, pair, kept, workspace } = await stage();
    const name = '2026-05-01T03-30-00Z_1s_0a1b2c3d_00000000.wav';
    writeFileSync(join(workspace.data.raw, name), 'mine');
    pair(0);
    await promoter().promoteClosed();
    expect(readFileSync(join(workspace.data.raw, name), 'utf8')).toBe('mine');
    expect(kept('raw')).toEqual(['2026-05-01T03-30-00Z_1s_0a1b2c3d_00000000.2.wav', name]);
    expect(kept('processed')).toEqual(['2026-05-01T03-30-00Z_1s_0a1b2c3d_00000000.2.wav']);
  });

  it('keeps what is there of a truncated segment, and the next one keeps its right time', async () => {
    const { promoter, pair, bufferFile, promoted, kept, workspace } = await stage();
    pair(0);
    pair(1);
    pair(2);
    // As a full disk leaves it: listed as finished, and half of it missing.
    truncateSync(bufferFile('raw', 1), 100_000);
    const { dataOffset } = await inspectWav(bufferFile('raw', 1));
    const run = promoter();
    await run.promoteClosed();
    expect(run.counts).toMatchObject({ promoted: 3, refused: 0 });
    expect(promoted.map((segment) => segment.startWallMs - ANCHOR_MS)).toEqual([0, 1000, 2000]);
    expect(promoted.map((segment) => segment.recovered)).toEqual([false, true, false]);
    expect(promoted[1]!.frames).toBe(Math.floor((100_000 - dataOffset) / 2));
    expect(kept('raw')).toHaveLength(3);
    const pairOf = (stream: Stream): Promise<WavInfo> =>
      inspectWav(join(workspace.data[stream], promoted[1]!.fileName));
    const [raw, processed] = [await pairOf('raw'), await pairOf('processed')];
    expect(Math.abs(processed.frames - raw.frames / 2)).toBeLessThanOrEqual(1);
  });

  it('refuses a file that is not what was asked for', async () => {
    const { promoter, write, close, workspace, kept } = await stage({ processed: false });
    write('raw', 0, 1, 44_100);
    close('raw', 0);
    await promoter().promoteClosed();
    expect(kept('raw')).toEqual([]);
    const reason = readFileSync(
      join(workspace.quarantine, `${RUN}_00000000_raw.wav.reason.txt`),
      'utf8',
    );
    expect(reason).toContain('44100 Hz instead of 96000 Hz');
  });

  it('drops a file without a byte, with a word in the log', async () => {
    const { promoter, bufferFile, logger, workspace } = await stage();
    writeFileSync(bufferFile('raw', 0), '');
    writeFileSync(bufferFile('processed', 0), '');
    await promoter().finish();
    expect(existsSync(bufferFile('raw', 0))).toBe(false);
    expect(existsSync(workspace.quarantine)).toBe(false);
    expect(logger.events()).toContain('segment.dropped');
  });

  it('at the end of a run makes a processed file that is too short, or missing, again from the raw one', async () => {
    const { promoter, write, kept, workspace, promoted } = await stage();
    write('raw', 0, 0.5);
    write('processed', 0, 0.4);
    write('raw', 1, 0.02);
    await promoter().finish();
    expect(promoted.map(({ streams }) => streams)).toEqual([
      { raw: true, processed: true },
      { raw: true, processed: true },
    ]);
    const framesOf = async (sequence: string): Promise<number> => {
      const name = kept('processed').find((file) => file.endsWith(`_${sequence}.wav`));
      return (await inspectWav(join(workspace.data.processed, name!))).frames;
    };
    expect(await framesOf('00000000')).toBe(24_000);
    expect(await framesOf('00000001')).toBe(960);
    expect(readdirSync(workspace.buffer.processed)).toEqual([]);
  });

  it('goes on where an earlier console was killed between remembering a segment and moving it', async () => {
    const { promoter, pair, folder, promoted, kept } = await stage();
    pair(0);
    pair(1);
    await promoter().promoteClosed();
    pair(2);
    // The ledger knows segment 2; the power went before the rename.
    appendFileSync(
      folder.ledgerFile,
      `${JSON.stringify({ sequence: 2, fileName: 'the-name-it-was-given.wav', firstFrame: 192_000, frames: 96_000, sampleRateHz: 96_000, startWallMs: ANCHOR_MS + 2000, clockSynced: null })}\n{"seq`,
    );
    pair(3);
    const next = promoter();
    await next.resume();
    await next.finish();
    expect(promoted.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3]);
    expect(promoted.map(({ startWallMs }) => startWallMs - ANCHOR_MS)).toEqual([
      0, 1000, 2000, 3000,
    ]);
    expect(kept('raw')).toHaveLength(4);
    expect(kept('raw')).toContain('the-name-it-was-given.wav');
    expect(kept('processed')).toEqual(kept('raw'));
  });

  it('leaves a segment where it is when it cannot be moved, and takes it at the next try', async () => {
    const { promoter, pair, workspace, kept } = await stage();
    pair(0);
    renameSync(workspace.data.processed, `${workspace.data.processed}.away`);
    writeFileSync(workspace.data.processed, 'a file in the way');
    const run = promoter();
    await expect(run.promoteClosed()).rejects.toThrow();
    rmSync(workspace.data.processed);
    renameSync(`${workspace.data.processed}.away`, workspace.data.processed);
    await run.promoteClosed();
    await run.finish();
    expect(kept('processed')).toHaveLength(1);
    expect(kept('raw')).toEqual(kept('processed'));
    expect(readdirSync(workspace.buffer.raw)).toEqual([]);
  });

  it('keeps the processed file of a pair whose raw file has not a byte', async () => {
    const { promoter, write, bufferFile, kept } = await stage();
    write('processed', 0);
    writeFileSync(bufferFile('raw', 0), '');
    await promoter().finish();
    expect(kept('processed')).toHaveLength(1);
    expect(kept('raw')).toEqual([]);
  });

  it('is not held up by one segment that cannot be taken, and takes that one later', async () => {
    const { promoter, pair, bufferFile, kept, promoted } = await stage();
    for (const sequence of [0, 1, 2]) pair(sequence);
    // A folder under the name of the file: reading it fails as a sick disk would.
    renameSync(bufferFile('raw', 1), `${bufferFile('raw', 1)}.away`);
    mkdirSync(bufferFile('raw', 1));
    const run = promoter();
    await expect(run.promoteClosed()).rejects.toThrow('segments could not be kept');
    expect(promoted.map(({ sequence }) => sequence)).toEqual([0, 2]);
    rmSync(bufferFile('raw', 1), { recursive: true });
    renameSync(`${bufferFile('raw', 1)}.away`, bufferFile('raw', 1));
    await run.promoteClosed();
    expect(
      promoted.map(({ sequence, startWallMs }) => [sequence, startWallMs - ANCHOR_MS]),
    ).toEqual([
      [0, 0],
      [2, 2000],
      [1, 1000],
    ]);
    expect(kept('raw')).toHaveLength(3);
  });

  it('is remembered whole after a line that a full disk cut short', async () => {
    const { promoter, pair, folder } = await stage();
    pair(0);
    pair(1);
    writeFileSync(folder.ledgerFile, '{"sequence":0,"fileN');
    await promoter().promoteClosed();
    expect([...(await readLedgerEnd(folder)).keys()]).toEqual([0, 1]);
  });
});

describe('a run of months that is taken over', () => {
  const MONTHS = 20_000;
  const months = async () => {
    const here = await stage({ raw: true, processed: false });
    const entries = Array.from({ length: MONTHS }, (_, sequence) => ({
      sequence,
      fileName: `2026-05-01T03-30-00Z_1s_${RUN}_${String(sequence).padStart(8, '0')}.wav`,
      firstFrame: sequence * 96_000,
      frames: 96_000,
      sampleRateHz: 96_000,
      startWallMs: ANCHOR_MS + sequence * 1000,
      clockSynced: true,
    }));
    writeFileSync(
      here.folder.ledgerFile,
      entries.map((entry) => `\n${JSON.stringify(entry)}\n`).join(''),
    );
    const row = (n: number): string =>
      `${RUN}_${String(n).padStart(8, '0')}.wav,${String(n)}.000000,${String(n + 1)}.000000\n`;
    writeFileSync(here.folder.rawList, entries.map(({ sequence }) => row(sequence)).join(''));
    return here;
  };

  it('goes on where it was, and its list is not read from the beginning', async () => {
    const { promoter, pair, promoted, folder } = await months();
    // What nobody reads cannot be missed: the first half of the list is nonsense.
    const list = readFileSync(folder.rawList);
    list.fill('x', 0, list.length / 2);
    for (let at = 0; at < list.length / 2; at += 40)
      list.write(`${RUN}_99999999.wav,9.0,9.0\n`, at);
    writeFileSync(folder.rawList, list);
    const run = promoter();
    await run.resume();
    expect(run.openSequence).toBe(MONTHS);
    expect(run.openFirstFrame).toBe(MONTHS * 96_000);
    pair(MONTHS);
    await run.promoteClosed();
    expect(promoted).toMatchObject([
      { sequence: MONTHS, firstFrame: MONTHS * 96_000, startWallMs: ANCHOR_MS + MONTHS * 1000 },
    ]);
  });

  it('takes what was left in the buffer long ago, at the place where it was', async () => {
    const { promoter, write, promoted, folder } = await months();
    // Its entry was never written, its file never moved.
    const ledger = readFileSync(folder.ledgerFile, 'utf8');
    writeFileSync(folder.ledgerFile, ledger.replace(/^.*"sequence":7,.*$/m, ''));
    write('raw', 7, 0.5);
    const run = promoter();
    await run.resume();
    await run.promoteClosed();
    expect(promoted).toMatchObject([{ sequence: 7, firstFrame: 7 * 96_000, frames: 48_000 }]);
    expect(run.openSequence).toBe(MONTHS);
  });

  it('loses nothing that closed while it was being taken over', async () => {
    const { promoter, pair, promoted, bufferFile } = await months();
    pair(MONTHS);
    const run = promoter();
    // Listed, and its file was not there yet when the buffer was looked through.
    renameSync(bufferFile('raw', MONTHS), `${bufferFile('raw', MONTHS)}.later`);
    await run.resume();
    renameSync(`${bufferFile('raw', MONTHS)}.later`, bufferFile('raw', MONTHS));
    await run.promoteClosed();
    expect(promoted.map(({ sequence }) => sequence)).toEqual([MONTHS]);
  });
});
