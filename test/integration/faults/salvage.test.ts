import {
  appendFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Recording } from '@shared/model/recording';
import type { Stream } from '@shared/model/recording';
import type { RunEnded } from '@main/events/run-events';
import { readGuano, writeGuano } from '@main/wav/guano';
import { DEAD_RATE, deadRun, type DeadRun } from '../../support/dead-run';
import { openTestStation } from '../../support/test-station';
import { readSamples } from '../../support/wav-samples';

const STREAMS = ['raw', 'processed'] as const;

interface Salvaged {
  readonly run: DeadRun;
  readonly dataDir: string;
  /** Of this device, oldest first. */
  readonly rows: readonly Recording[];
  /** Of this device. */
  readonly ended: readonly RunEnded[];
  /** Events of the log that tell of this run, in order. */
  readonly events: readonly string[];
}

/** What was left of one run, and what is to become of it. */
interface Remains {
  readonly name: string;
  readonly leave: (run: DeadRun) => unknown;
  salvaged: Salvaged | null;
}

const disk: Remains[] = [];
let dataDir: string;

/** A scenario: a run in a workspace of its own on the disk that the next console finds. */
function left<T>(
  sentence: string,
  leave: (run: DeadRun) => T,
  expectation: (salvaged: Salvaged, told: Awaited<T>) => Promise<void> | void,
): void {
  let told: Awaited<T>;
  const remains: Remains = {
    name: `sim-${String(disk.length + 1)}`,
    leave: async (run) => {
      told = await leave(run);
    },
    salvaged: null,
  };
  disk.push(remains);
  it(sentence, async () => {
    await expectation(remains.salvaged!, told);
  });
}

/** The next console comes up over all that is left, and has taken care of all of it when this resolves. */
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'silvasonic-test-'));
  const runs = new Map<string, DeadRun>();
  for (const [n, { name, leave }] of disk.entries()) {
    const run = deadRun(dataDir, {
      workspace: name,
      runId: (0x0a1b2c00 + n).toString(16).padStart(8, '0'),
    });
    await leave(run);
    runs.set(name, run);
  }
  const { station, client } = await openTestStation({ dataDir });
  const ended: RunEnded[] = [];
  station.bus.on('run.ended', (run) => ended.push(run));
  await station.start();
  await vi.waitFor(
    () => {
      expect(globSync(join(dataDir, 'recorder/*/.buffer/*/*'))).toEqual([]);
    },
    { timeout: 50_000, interval: 50 },
  );
  await station.recorders.stop();
  await station.indexer.sweep();
  const { items } = await client.recordings.list({ order: 'oldest_first', limit: 500 });
  const log = await client.logs.tail({ limit: 2000, level: 'debug' });
  for (const remains of disk) {
    const run = runs.get(remains.name)!;
    remains.salvaged = {
      run,
      dataDir,
      rows: items.filter(({ device }) => device === remains.name),
      ended: ended.filter(({ device }) => device === remains.name),
      events: log.filter(({ fields }) => fields['run'] === run.runId).map(({ event }) => event),
    };
  }
  await station.stop();
}, 90_000);

afterAll(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

async function soundOf(dataDir: string, row: Recording, stream: Stream = 'raw'): Promise<Buffer> {
  return (await readSamples(join(dataDir, row[stream]!.path))).audio;
}

/** Rows and sound of these segments are as if nothing had happened to them. */
async function expectUnharmed(
  dataDir: string,
  run: DeadRun,
  rows: readonly Recording[],
  sequences: readonly number[],
): Promise<void> {
  for (const sequence of sequences) {
    const row = rows.find((one) => one.runId === run.runId && one.sequence === sequence);
    expect(row, `segment ${String(sequence)}`).toMatchObject({ durationS: 1, recovered: false });
    expect(Date.parse(row!.time)).toBe(run.anchorMs + sequence * 1000);
    expect((await soundOf(dataDir, row!)).equals(run.sound(sequence))).toBe(true);
    expect((await soundOf(dataDir, row!, 'processed')).length).toBe(96_000);
  }
}

function quarantined(run: DeadRun): string[] {
  const { quarantine } = run.workspace;
  return existsSync(quarantine) ? readdirSync(quarantine).sort() : [];
}

describe('what a power cut leaves of a run', () => {
  left(
    'a closed segment whose last bytes never reached the disk: is kept, marked as recovered, and told',
    (run) => {
      run.pair(0);
      const file = run.buffer('raw', 0);
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(0, bytes.length - 3000));
    },
    ({ rows, events }) => {
      expect(rows).toMatchObject([{ sequence: 0, durationS: 1, recovered: true }]);
      expect(events).toContain('segment.zeros');
    },
  );

  left(
    'an open segment in both streams: is made whole, kept to the last frame and marked as recovered',
    (run) => {
      run.pair(0);
      run.pair(1);
      run.open('raw', 2, 40_001);
      run.open('processed', 2, 17_000);
    },
    async ({ dataDir, run, rows, ended }) => {
      await expectUnharmed(dataDir, run, rows, [0, 1]);
      expect(rows[2]).toMatchObject({ sequence: 2, recovered: true, clockUnsynced: false });
      expect((await soundOf(dataDir, rows[2]!)).equals(run.sound(2, 40_001))).toBe(true);
      // The processed file of a pair is as long as the raw one.
      expect(
        Math.abs((await soundOf(dataDir, rows[2]!, 'processed')).length / 2 - 20_000),
      ).toBeLessThan(2);
      expect(ended).toMatchObject([{ runId: run.runId, reason: 'power_loss' }]);
      expect(ended[0]!.endWallMs).toBeCloseTo(run.anchorMs + 2000 + (40_001 / DEAD_RATE) * 1000, 0);
      expect(
        (await readGuano(join(dataDir, rows[2]!.raw!.path)))?.get('Silvasonic|Recovered'),
      ).toBeDefined();
    },
  );

  for (const [what, leave] of [
    [
      'nothing but headers',
      (run) => {
        for (const stream of STREAMS) run.open(stream, 1, 0);
      },
    ],
    [
      'not a byte',
      (run) => {
        for (const stream of STREAMS) writeFileSync(run.buffer(stream, 1), '');
      },
    ],
    [
      'half a header',
      (run) => {
        for (const stream of STREAMS) {
          run.open(stream, 1, 1000);
          truncateSync(run.buffer(stream, 1), 30);
        }
      },
    ],
    [
      'nothing but zeros',
      (run) => {
        for (const stream of STREAMS) writeFileSync(run.buffer(stream, 1), Buffer.alloc(8192));
      },
    ],
    [
      'the first bytes of a frame',
      (run) => {
        for (const stream of STREAMS) {
          run.open(stream, 1, 0);
          appendFileSync(run.buffer(stream, 1), 'x');
        }
      },
    ],
  ] satisfies (readonly [string, (run: DeadRun) => void])[]) {
    left(
      `of an open segment ${what}: is dropped, and the log says so`,
      (run) => {
        run.pair(0);
        leave(run);
      },
      async ({ dataDir, run, rows, events }) => {
        expect(rows).toHaveLength(1);
        await expectUnharmed(dataDir, run, rows, [0]);
        expect(events.filter((event) => event === 'segment.dropped')).toHaveLength(2);
        expect(quarantined(run)).toEqual([]);
      },
    );
  }

  left(
    'a file whose first page never reached the disk: its header is made anew, and only the lost page is silent',
    (run) => {
      run.open('raw', 0, 50_000);
      const file = run.buffer('raw', 0);
      const bytes = readFileSync(file);
      const headerBytes = bytes.length - 100_000;
      writeFileSync(file, bytes.fill(0, 0, 4096));
      return headerBytes;
    },
    async ({ dataDir, run, rows }, headerBytes) => {
      expect(rows[0]).toMatchObject({ recovered: true });
      const kept = await soundOf(dataDir, rows[0]!);
      const end = run.sound(0, 50_000).subarray(4096 - headerBytes);
      expect(kept.subarray(-end.length).equals(end)).toBe(true);
      // A header of another length than usual may cost or add some frames of that silence, and no sound.
      expect(Math.abs(kept.length - 100_000)).toBeLessThanOrEqual(24);
    },
  );

  left(
    'a raw file without its processed one: that is made again',
    (run) => {
      run.pair(0);
      run.whole('raw', 1);
    },
    async ({ dataDir, run, rows, events }) => {
      await expectUnharmed(dataDir, run, rows, [0, 1]);
      expect(events).toContain('segment.rendered');
    },
  );

  left(
    'a processed file without its raw one: is kept alone, under its right time, and shifts nobody else',
    (run) => {
      run.pair(0);
      run.pair(1);
      rmSync(run.buffer('raw', 1));
      // Neither did the lists reach the disk.
      rmSync(run.folder.rawList);
      rmSync(run.folder.processedList);
      run.whole('raw', 2);
      run.whole('processed', 2);
    },
    async ({ dataDir, run, rows }) => {
      await expectUnharmed(dataDir, run, rows, [0, 2]);
      expect(rows[1]).toMatchObject({ sequence: 1, raw: null, durationS: 1 });
      expect(Date.parse(rows[1]!.time)).toBe(run.anchorMs + 1000);
      expect(new Set(await soundOf(dataDir, rows[1]!, 'processed'))).toEqual(new Set([2]));
    },
  );

  left(
    'a processed file that is shorter than its raw one: is made again',
    (run) => {
      run.whole('raw', 0);
      run.whole('processed', 0, 30_000);
    },
    async ({ dataDir, run, rows }) => {
      await expectUnharmed(dataDir, run, rows, [0]);
    },
  );

  left(
    'a file that was listed as closed and lost its end: is kept as far as it goes, and the next one keeps its time',
    (run) => {
      for (const sequence of [0, 1, 2]) run.pair(sequence);
      truncateSync(run.buffer('raw', 1), statSync(run.buffer('raw', 1)).size - 50_001);
    },
    async ({ dataDir, run, rows }) => {
      await expectUnharmed(dataDir, run, rows, [0, 2]);
      expect(rows[1]).toMatchObject({ sequence: 1, recovered: true });
      const kept = await soundOf(dataDir, rows[1]!);
      expect(kept.equals(run.sound(1, DEAD_RATE - 25_001))).toBe(true);
    },
  );

  left(
    'a segment that is lost whole, with the lists: those behind it keep their right time',
    (run) => {
      for (const sequence of [0, 1, 2, 3]) {
        for (const stream of STREAMS) run.whole(stream, sequence);
      }
      for (const stream of STREAMS) truncateSync(run.buffer(stream, 1), 0);
    },
    async ({ dataDir, run, rows }) => {
      expect(rows.map(({ sequence }) => sequence)).toEqual([0, 2, 3]);
      await expectUnharmed(dataDir, run, rows, [0, 2, 3]);
    },
  );

  left(
    'half of a file that was being rendered: is removed, and the file is rendered anew',
    (run) => {
      run.whole('raw', 0);
      writeFileSync(`${run.buffer('processed', 0)}.rendering`, Buffer.alloc(5000, 7));
    },
    async ({ dataDir, run, rows }) => {
      await expectUnharmed(dataDir, run, rows, [0]);
    },
  );

  for (const missing of [1, 7, 9, 40, 200]) {
    left(
      `metadata of which ${String(missing)} bytes were not written: are written anew, the sound is untouched`,
      async (run) => {
        run.pair(0);
        const file = run.buffer('raw', 0);
        await writeGuano(file, new Map([['Note', 'x'.repeat(300)]]));
        truncateSync(file, statSync(file).size - missing);
      },
      async ({ dataDir, run, rows }) => {
        expect((await soundOf(dataDir, rows[0]!)).equals(run.sound(0))).toBe(true);
        const guano = await readGuano(join(dataDir, rows[0]!.raw!.path));
        expect(guano?.get('Silvasonic|Run')).toBe(run.runId);
        expect(guano?.get('Note') ?? '').not.toContain('xxx');
      },
    );
  }

  left(
    'half a line in the ledger: the segment of which it tells is kept once',
    (run) => {
      run.pair(0);
      run.remember(0);
      for (const stream of STREAMS) {
        renameSync(run.buffer(stream, 0), join(run.workspace.data[stream], run.entry(0).fileName));
      }
      run.pair(1);
      appendFileSync(run.folder.ledgerFile, JSON.stringify(run.entry(1)).slice(0, 60));
    },
    async ({ dataDir, run, rows }) => {
      expect(rows).toHaveLength(2);
      await expectUnharmed(dataDir, run, rows, [0, 1]);
    },
  );

  left(
    'a ledger that says promoted while one file still lies in the buffer: joins the other under the same name',
    (run) => {
      run.pair(0);
      run.remember(0);
      renameSync(run.buffer('raw', 0), join(run.workspace.data.raw, run.entry(0).fileName));
    },
    async ({ dataDir, run, rows }) => {
      expect(rows).toHaveLength(1);
      await expectUnharmed(dataDir, run, rows, [0]);
      expect(readdirSync(run.workspace.data.processed)).toEqual([run.entry(0).fileName]);
      expect(new Set(await soundOf(dataDir, rows[0]!, 'processed'))).toEqual(new Set([1]));
    },
  );

  for (const [what, leave] of [
    [
      'the processed file, whose end is lost',
      (run) => {
        truncateSync(run.buffer('processed', 0), 20_000);
      },
    ],
    [
      'the processed file, which is empty',
      (run) => {
        truncateSync(run.buffer('processed', 0), 0);
      },
    ],
    [
      'the processed file alone, the raw one being promoted, and its end is lost',
      (run) => {
        truncateSync(run.buffer('processed', 0), 20_000);
        renameSync(run.buffer('raw', 0), join(run.workspace.data.raw, run.entry(0).fileName));
      },
    ],
  ] satisfies (readonly [string, (run: DeadRun) => void])[]) {
    left(
      `a ledger that says promoted while the buffer still holds ${what}: nothing broken is moved`,
      (run) => {
        run.pair(0);
        run.remember(0);
        leave(run);
      },
      async ({ dataDir, run, rows }) => {
        expect(rows).toHaveLength(1);
        await expectUnharmed(dataDir, run, rows, [0]);
      },
    );
  }

  left(
    'a ledger that says promoted while the raw file has lost its end: it is kept as far as it goes',
    (run) => {
      run.pair(0);
      run.pair(1);
      run.remember(0);
      truncateSync(run.buffer('raw', 0), statSync(run.buffer('raw', 0)).size - 60_000);
    },
    async ({ dataDir, run, rows }) => {
      await expectUnharmed(dataDir, run, rows, [1]);
      expect(rows[0]).toMatchObject({ sequence: 0, recovered: true });
      expect((await soundOf(dataDir, rows[0]!)).equals(run.sound(0, DEAD_RATE - 30_000))).toBe(
        true,
      );
    },
  );

  for (const [what, leave] of [
    [
      'missing',
      (run) => {
        rmSync(run.folder.recordFile);
      },
    ],
    [
      'missing with all its folder',
      (run) => {
        rmSync(run.folder.path, { recursive: true });
      },
    ],
    [
      'empty',
      (run) => {
        writeFileSync(run.folder.recordFile, '');
      },
    ],
    [
      'garbage',
      (run) => {
        writeFileSync(run.folder.recordFile, Buffer.alloc(500, 0xa5));
      },
    ],
    [
      'cut short',
      (run) => {
        truncateSync(run.folder.recordFile, 200);
      },
    ],
  ] satisfies (readonly [string, (run: DeadRun) => void])[]) {
    left(
      `a run record that is ${what}: every frame is kept, and its times are marked as uncertain`,
      (run) => {
        run.pair(0);
        run.pair(1);
        run.open('raw', 2, 30_000);
        run.open('processed', 2, 10_000);
        const endMs = Date.UTC(2026, 4, 1, 4);
        utimesSync(run.buffer('raw', 2), endMs / 1000, endMs / 1000);
        leave(run);
      },
      async ({ dataDir, run, rows }) => {
        expect(rows.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
        for (const row of rows) {
          expect(row).toMatchObject({
            runId: run.runId,
            recovered: true,
            clockUnsynced: true,
          });
          const frames = row.sequence === 2 ? 30_000 : DEAD_RATE;
          expect((await soundOf(dataDir, row)).equals(run.sound(row.sequence!, frames))).toBe(true);
        }
      },
    );
  }

  left(
    'a run record that is lost while its ledger is not: what was promoted keeps its row, what follows gets its exact time',
    (run) => {
      for (const sequence of [0, 1]) {
        run.pair(sequence);
        run.remember(sequence);
        for (const stream of STREAMS) {
          const { fileName } = run.entry(sequence);
          renameSync(run.buffer(stream, sequence), join(run.workspace.data[stream], fileName));
        }
      }
      run.open('raw', 2, 30_000);
      rmSync(run.folder.recordFile);
    },
    async ({ dataDir, run, rows }) => {
      expect(rows).toHaveLength(3);
      await expectUnharmed(dataDir, run, rows, [0, 1]);
      expect(rows[2]).toMatchObject({ sequence: 2, recovered: true });
      expect(Date.parse(rows[2]!.time)).toBe(run.anchorMs + 2_000);
      expect((await soundOf(dataDir, rows[2]!)).equals(run.sound(2, 30_000))).toBe(true);
    },
  );

  left(
    'files of which nothing tells anything: lie in quarantine, each with its reason, and push nothing out of it',
    (run) => {
      rmSync(run.folder.path, { recursive: true });
      const { quarantine } = run.workspace;
      mkdirSync(quarantine, { recursive: true });
      const before = `raw_${run.runId}_00000000.wav`;
      writeFileSync(join(quarantine, before), 'of an earlier day');
      for (const stream of STREAMS) writeFileSync(run.buffer(stream, 0), Buffer.alloc(9_000, 0x5a));
      return before;
    },
    ({ run }, before) => {
      const { quarantine } = run.workspace;
      const aside = quarantined(run);
      expect(readFileSync(join(quarantine, before), 'utf8')).toBe('of an earlier day');
      const files = aside.filter((name) => name.endsWith('.wav') && name !== before);
      expect(files).toHaveLength(2);
      for (const file of files) {
        expect(readFileSync(join(quarantine, file)).equals(Buffer.alloc(9_000, 0x5a))).toBe(true);
        expect(readFileSync(join(quarantine, `${file}.reason.txt`), 'utf8').trim()).not.toBe('');
      }
    },
  );

  left(
    'a name that is taken in data/: gets a suffix in both streams, and what was there stays',
    (run) => {
      run.pair(0);
      const { fileName } = run.entry(0);
      writeFileSync(join(run.workspace.data.processed, fileName), 'somebody else’s');
    },
    async ({ run }) => {
      const { fileName } = run.entry(0);
      expect(readFileSync(join(run.workspace.data.processed, fileName), 'utf8')).toBe(
        'somebody else’s',
      );
      const suffixed = fileName.replace('.wav', '.2.wav');
      expect(readdirSync(run.workspace.data.raw)).toEqual([suffixed]);
      expect(readdirSync(run.workspace.data.processed)).toContain(suffixed);
      const { audio } = await readSamples(join(run.workspace.data.raw, suffixed));
      expect(audio.equals(run.sound(0))).toBe(true);
    },
  );

  left(
    'a name that is taken in quarantine: gets a suffix, with a reason of its own',
    (run) => {
      const { quarantine } = run.workspace;
      mkdirSync(quarantine, { recursive: true });
      const taken = `${run.runId}_00000000_raw.wav`;
      writeFileSync(join(quarantine, taken), 'of an earlier day');
      writeFileSync(run.buffer('raw', 0), Buffer.alloc(9_000, 0x5a));
      run.pair(1);
      return taken;
    },
    async ({ dataDir, run, rows }, taken) => {
      const { quarantine } = run.workspace;
      await expectUnharmed(dataDir, run, rows, [1]);
      expect(readFileSync(join(quarantine, taken), 'utf8')).toBe('of an earlier day');
      expect(quarantined(run)).toEqual([
        `${run.runId}_00000000_raw.2.wav`,
        `${run.runId}_00000000_raw.2.wav.reason.txt`,
        taken,
      ]);
    },
  );

  left(
    'segments of three dead runs of one device: each is kept under its run and its time',
    (first) => {
      const hour = (n: number): number => Date.UTC(2026, 4, 1, n);
      const workspace = basename(first.workspace.path);
      const runs = [
        first,
        ...['0000000b', '0000000c'].map((runId, i) =>
          deadRun(dataDir, { runId, workspace, anchorMs: hour(i) }),
        ),
      ];
      for (const run of runs) {
        run.pair(0);
        run.pair(1);
        run.open('raw', 2, 1_234);
        run.open('processed', 2, 0);
      }
      return runs;
    },
    async ({ dataDir, rows, ended }, runs) => {
      expect(rows).toHaveLength(9);
      for (const run of runs) {
        await expectUnharmed(dataDir, run, rows, [0, 1]);
        const last = rows.find(({ runId, sequence }) => runId === run.runId && sequence === 2);
        expect(last).toMatchObject({ recovered: true });
        expect((await soundOf(dataDir, last!)).equals(run.sound(2, 1_234))).toBe(true);
      }
      expect(ended.map(({ runId }) => runId).sort()).toEqual(runs.map(({ runId }) => runId).sort());
    },
  );

  it('whatever it was: what lies in data/ is whole', async () => {
    const files = globSync(join(dataDir, 'recorder/*/data/*/*.wav'));
    expect(files.length).toBeGreaterThan(2 * disk.length);
    for (const file of files) {
      if (statSync(file).size > 100) {
        expect((await readSamples(file)).info.state, file).toBe('whole');
      }
    }
  });
});
