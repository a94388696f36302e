import { readFileSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { Benchmark, BenchContext } from './benchmark.ts';
import { DurableSteps } from './durable-steps.ts';
import type { Figure } from './figure.ts';
import { type Capture, captures, type HeadlessStation, startStation } from './headless-station.ts';
import { alsaMicrophone, BAT_PROFILE } from './microphones.ts';
import { median, summarise } from './statistics.ts';
import { until } from './workshop.ts';

const GOAL_MS = 100;

/** How long after its end a segment is a recording. */
export const segmentLatency: Benchmark = {
  name: 'segment.latency',
  async run(context) {
    const { workshop, quick, say } = context;
    const wanted = quick ? 15 : 60;
    say(`segment.latency: ${String(wanted)} segments of 1 s at 384 kHz`);
    const { env, pcm } = alsaMicrophone(workshop);
    const station = await startStation(workshop, {
      env,
      args: ['--alsa', pcm, '--profile', BAT_PROFILE, '--segment', '1s'],
    });
    const [capture] = await captures(station.dataDir, 1);
    if (capture === undefined) throw new Error('there is no capture');
    const closing = new ClosingTimes(capture);
    const rows = rowTimes(station);
    const bare = await bareSteps(context, wanted, closing);
    closing.stop();
    await workshop.end(station.child);
    const sequences = sequencesById(station.dataDir);

    const latencies: number[] = [];
    for (const [id, atMs] of rows) {
      const sequence = sequences.get(id);
      const closedMs = sequence === undefined ? undefined : closing.times.get(sequence);
      // The first carry the start-up, and the last one is closed by the end of the capture.
      if (sequence === undefined || sequence < 3 || closedMs === undefined) continue;
      latencies.push(atMs - closedMs);
    }
    const summary = summarise(latencies);
    const figure: Figure = {
      name: 'segment.latency',
      what: 'from a segment closed in both streams to its row in the database, median',
      unit: 'ms',
      value: summary.median,
      baseline: {
        what: 'the bare durable steps on this disk (fsync of two files, ledger, two renames, one commit)',
        value: median(bare),
      },
      ratio: summary.median / median(bare),
      goal: { on: 'value', atMost: GOAL_MS },
      spread: summary,
      method:
        'closed = mtime of the later of raw.csv and processed.csv when it lists the segment (ffmpeg lists it after it closed the file); ' +
        `row = "at" of the \`recording\` line of \`run --json\`, written after the commit; ${String(latencies.length)} segments of 1 s at 384 kHz through ALSA, the first three left out; ` +
        'the bare steps are timed half a second after each of them',
      notes: [
        `p99 ${summary.p99.toFixed(1)} ms, most ${summary.most.toFixed(1)} ms. File times are as coarse as the kernel's tick (1 to 4 ms).`,
      ],
    };
    return [figure];
  },
};

/** When each segment was closed, by what ffmpeg's lists say. */
class ClosingTimes {
  /** Sequence → UTC milliseconds. */
  readonly times = new Map<number, number>();
  readonly #lists: readonly string[];
  readonly #watcher;

  constructor(capture: Capture) {
    this.#lists = ['raw.csv', 'processed.csv'].map((name) => join(capture.runFolder, name));
    this.#watcher = watch(capture.runFolder, (_event, name) => {
      if (name?.endsWith('.csv') === true) this.#look();
    });
  }

  stop(): void {
    this.#watcher.close();
  }

  #look(): void {
    try {
      const listed = this.#lists.map((list) => {
        const { mtimeMs } = statSync(list);
        return { mtimeMs, count: readFileSync(list, 'utf8').split('\n').length - 1 };
      });
      const sequence = Math.min(...listed.map(({ count }) => count)) - 1;
      if (sequence < 0 || this.times.has(sequence)) return;
      this.times.set(sequence, Math.max(...listed.map(({ mtimeMs }) => mtimeMs)));
    } catch {
      // The second list is not there yet.
    }
  }
}

/** Row id → UTC milliseconds at which the station told of it. */
function rowTimes(station: HeadlessStation): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  station.onEvent(({ type, at, id }) => {
    if (type === 'recording' && typeof id === 'number') times.set(id, Date.parse(at));
  });
  return times;
}

function sequencesById(dataDir: string): ReadonlyMap<number, number> {
  const sqlite = new Database(join(dataDir, 'station.db'), { readonly: true });
  try {
    const rows = sqlite
      .prepare<[], { id: number; sequence: number }>('select id, sequence from recordings')
      .all();
    return new Map(rows.map(({ id, sequence }) => [id, sequence]));
  } finally {
    sqlite.close();
  }
}

/** Times the bare steps once for every segment, while the station rests. */
async function bareSteps(
  { workshop }: BenchContext,
  count: number,
  closing: ClosingTimes,
): Promise<number[]> {
  const steps = await DurableSteps.open(workshop.folder('durable-steps'));
  const taken: number[] = [];
  for (let seen = closing.times.size; taken.length < count;) {
    const now = seen;
    seen = await until('the next segment', 10_000, () =>
      closing.times.size > now ? closing.times.size : null,
    );
    await delay(500);
    taken.push(await steps.once());
  }
  steps.close();
  return taken;
}
