import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createEventBus } from '@main/events/bus';
import { Indexer } from '@main/indexer/indexer';
import { WorkspaceOwners } from '@main/indexer/workspace-owners';
import type { CaptureConfig } from '@main/recorder/capture-config';
import { LedgerReader } from '@main/recorder/ledger-reader';
import { type RunRecord, runFolderAt } from '@main/recorder/run-files';
import { SegmentPromoter } from '@main/recorder/segment-promoter';
import { workspaceAt } from '@main/recorder/workspace';
import { witnessOf } from '@main/recorder/workspace-witness';
import { RecordingSearch } from '@main/recordings/search';
import { inspectWav } from '@main/wav/inspect';
import { segmentGuano } from '@main/wav/segment-guano';
import type { CrashPoint } from '../../support/crashing-files';
import { FakeClock } from '../../support/fake-clock';
import { recordingLogger } from '../../support/recording-logger';
import { stationDatabase } from '../../support/station-database';
import { dataChunk, formatChunk, wavBytes } from '../../support/wav-bytes';
import { randomNumbers } from '../../support/random-numbers';
import { threadUrl } from '../../support/threads';

const crash = vi.hoisted(() => ({ point: null as CrashPoint | null }));

vi.mock('node:fs/promises', async (original) => {
  const support = await import('../../support/crashing-files');
  crash.point = new support.CrashPoint();
  const files = support.crashingFiles(await original(), crash.point);
  return {
    ...Object.fromEntries(Object.keys(files).map((key) => [key, files[key as never]])),
    default: files,
  };
});

const RUN = '0a1b2c3d';
const RATE = 48_000;
const ANCHOR_MS = Date.UTC(2026, 4, 1, 3, 30);
const STREAMS = ['raw', 'processed'] as const;
const TIMES = 1000;

function config(workspace: string): CaptureConfig {
  return {
    device: workspace,
    workspace,
    input: { type: 'sweep' },
    sampleRateHz: RATE,
    channels: 1,
    format: 'S16LE',
    raw: true,
    processed: true,
    live: false,
    gainDb: 0,
    highpassHz: null,
    segmentDurationS: 480 / RATE,
  };
}

/** A segment whose every sample says which one it is. */
function sound(sequence: number, frames: number): Buffer {
  const bytes = Buffer.alloc(frames * 2);
  for (let i = 0; i < frames; i += 1) bytes.writeInt16LE((sequence + 1) * 100 + (i % 97), i * 2);
  return bytes;
}

describe('a console that is killed at any moment of promotion and indexing', () => {
  it(`leaves every second that reached the disk in exactly one recording, ${String(TIMES)} times`, async () => {
    const point = crash.point!;
    const connection = stationDatabase();
    // In memory where there is such a place: what is asked here is order, and that a disk takes no part in.
    connection.sqlite.pragma('synchronous = OFF');
    const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    const home = mkdtempSync(join(base, 'silvasonic-crash-'));
    onTestFinished(() => {
      rmSync(home, { recursive: true, force: true });
    });
    const random = randomNumbers(20_261_121);
    // One that nobody kills tells how many moments there are.
    point.arm(Infinity);
    const whole = stage(join(home, 'whole'), 'whole', () => 2);
    await live(join(home, 'whole'), 'whole', connection, false);
    const most = point.count;
    await expectAllKept(join(home, 'whole'), 'whole', connection, whole);
    const killedAt = new Set<number>();
    for (let turn = 0; turn < TIMES; turn += 1) {
      const name = `mic-${String(turn)}`;
      const root = join(home, name);
      const scene = stage(root, name, random);
      let kills = 0;
      for (;;) {
        // Sometimes the recovery is killed, too.
        const kill = kills === 0 || (kills < 3 && random(3) === 0);
        const at = 1 + random(most);
        point.arm(kill ? at : Infinity);
        await live(root, name, connection, kills > 0).catch((error: unknown) => {
          if (!point.dead) throw error;
        });
        if (!point.dead) break;
        killedAt.add(at);
        kills += 1;
      }
      point.arm(Infinity);
      await expectAllKept(root, name, connection, scene);
      rmSync(root, { recursive: true, force: true });
    }
    // Else the property would hold for want of trying.
    expect(killedAt.size).toBeGreaterThan(most * 0.8);
  }, 600_000);
});

/** As a capture leaves it that was killed: some segments closed and listed, the last one open. */
function stage(
  root: string,
  name: string,
  random: (below: number) => number,
): { readonly sounds: ReadonlyMap<number, Buffer> } {
  const workspace = workspaceAt(join(root, 'recorder'), name);
  const folder = runFolderAt(workspace.path, RUN);
  for (const path of [
    folder.path,
    ...Object.values(workspace.buffer),
    ...Object.values(workspace.data),
  ]) {
    mkdirSync(path, { recursive: true });
  }
  const record: RunRecord = {
    version: 1,
    runId: RUN,
    device: { name, displayName: name, simulated: true },
    config: config(name),
    configHash: '',
    process: null,
    startedWallMs: ANCHOR_MS,
    startedMonotonicMs: 0,
    anchor: { wallMs: ANCHOR_MS, monotonicMs: 0, source: 'process_start', synced: true },
    ended: null,
  };
  writeFileSync(folder.recordFile, JSON.stringify(record));
  const sounds = new Map<number, Buffer>();
  const count = 2 + random(3);
  let seconds = 0;
  for (let sequence = 0; sequence < count; sequence += 1) {
    const open = sequence === count - 1;
    const frames = open ? random(400) : 480;
    const audio = sound(sequence, frames);
    if (frames > 0) sounds.set(sequence, audio);
    const size = open ? 0xffffffff : audio.length;
    for (const stream of STREAMS) {
      const file = join(
        workspace.buffer[stream],
        `${RUN}_${String(sequence).padStart(8, '0')}.wav`,
      );
      writeFileSync(file, wavBytes([formatChunk({ rate: RATE }), dataChunk(audio, size)]));
      if (open) continue;
      const row = `${RUN}_${String(sequence).padStart(8, '0')}.wav,${seconds.toFixed(6)},${(seconds + frames / RATE).toFixed(6)}\n`;
      // The last row may have been cut.
      const cut = sequence === count - 2 && random(3) === 0 ? 12 : 0;
      writeFileSync(folder[`${stream}List`], row.slice(0, row.length - cut), { flag: 'a' });
    }
    seconds += frames / RATE;
  }
  return { sounds };
}

/** One life of a console: takes up the run, keeps what is there, and makes rows of it. */
async function live(
  root: string,
  name: string,
  connection: ReturnType<typeof stationDatabase>,
  restarted: boolean,
): Promise<void> {
  const recorderDir = join(root, 'recorder');
  const workspace = workspaceAt(recorderDir, name);
  const bus = createEventBus();
  const logger = recordingLogger();
  const clock = new FakeClock();
  const ledger = new LedgerReader(recorderDir);
  const owners = new WorkspaceOwners({
    connection,
    clock,
    logger,
    witness: (place) => witnessOf(recorderDir, place, ledger),
  });
  const indexer = new Indexer({
    connection,
    clock,
    bus,
    logger,
    dataRoot: root,
    recorderDir,
    sha256WorkerUrl: threadUrl('sha256-worker'),
    headWorkerUrl: threadUrl('head-worker'),
    pollIntervalS: () => 2,
    ownerOf: (place) => owners.ownerOf(place),
    segmentFacts: (place, runId, sequence) => ledger.segment(place, runId, sequence),
  });
  const promoter = new SegmentPromoter({
    config: config(name),
    runId: RUN,
    device: { name, displayName: name, simulated: true },
    folder: runFolderAt(workspace.path, RUN),
    workspace,
    anchor: () => ({ wallMs: ANCHOR_MS, monotonicMs: 0, source: 'process_start', synced: true }),
    ffmpeg: 'ffmpeg',
    describe: (device, segment) =>
      segmentGuano({
        device: { make: null, model: null, serial: null, ...device },
        station: {
          id: 'test',
          name: 'Wald',
          latitude: null,
          longitude: null,
          timezone: 'UTC',
          version: '0',
        },
        segment: { ...segment, startMs: segment.startWallMs },
      }),
    bus,
    logger,
  });
  try {
    if (restarted) await promoter.resume();
    await promoter.promoteClosed();
    await indexer.sweep();
    await promoter.finish();
    await indexer.sweep();
  } finally {
    // With a process its threads end, too; here they would be a thousand.
    await indexer.stop();
  }
}

async function expectAllKept(
  root: string,
  name: string,
  connection: ReturnType<typeof stationDatabase>,
  { sounds }: { readonly sounds: ReadonlyMap<number, Buffer> },
): Promise<void> {
  const workspace = workspaceAt(join(root, 'recorder'), name);
  for (const stream of STREAMS) {
    expect(readdirSync(workspace.buffer[stream])).toEqual([]);
    expect(readdirSync(workspace.data[stream])).toHaveLength(sounds.size);
  }
  expect(existsSync(workspace.quarantine)).toBe(false);
  const search = new RecordingSearch(connection.sqlite);
  const { items } = search.page({ device: name, order: 'oldest_first', limit: 100 });
  expect(items.map((item) => item.sequence)).toEqual([...sounds.keys()]);
  for (const item of items) {
    const expected = sounds.get(item.sequence!)!;
    for (const file of [item.raw!, item.processed!]) {
      const info = await inspectWav(join(root, file.path));
      const audio = readFileSync(join(root, file.path)).subarray(
        info.dataOffset,
        info.dataOffset + info.dataBytes,
      );
      expect(info.state).toBe('whole');
      expect(audio.equals(expected)).toBe(true);
      expect(file).toMatchObject({ frames: info.frames, sizeBytes: info.fileBytes });
    }
    expect(Date.parse(item.time) - ANCHOR_MS).toBe(item.sequence! * 10);
  }
}
