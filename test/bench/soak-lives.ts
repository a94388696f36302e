import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HeadlessStation, startStation } from './headless-station.ts';
import { cpuMs, memoryOf } from './process-tree.ts';
import { monotonicMs, type SoakMachine } from './soak-machine.ts';
import { slope } from './statistics.ts';
import { until, type Workshop } from './workshop.ts';

const loopWatch = join(import.meta.dirname, 'injected', 'loop-watch.cjs');
const RESOLUTION_MS = 1;
/** Compiling, migrating, adopting: over by then. */
const SETTLED_MS = 15_000;
const MS_PER_HOUR = 3_600_000;

/** What one life of the console cost. */
export interface Life {
  /** Since the first sound, milliseconds. */
  readonly fromMs: number;
  readonly lengthMs: number;
  /** From the spawn until it said that it runs. */
  readonly startMs: number;
  /** Event-loop delay over its life, start included, milliseconds. */
  readonly p99Ms: number;
  readonly mostMs: number;
  readonly cpuMs: number;
  /** Proportional memory (PSS), MB; age in milliseconds. */
  readonly memory: readonly { readonly ageMs: number; readonly mb: number }[];
}

/** The lives of one console on one data folder: killed, started anew, and in the end asked to stop. */
export class Lives {
  readonly dataDir: string;
  readonly done: Life[] = [];
  readonly #workshop: Workshop;
  readonly #machine: SoakMachine;
  #now: {
    station: HeadlessStation;
    loopFile: string;
    bornMs: number;
    startMs: number;
    memory: { ageMs: number; mb: number }[];
  } | null = null;
  #beganMs = monotonicMs();

  constructor(workshop: Workshop, machine: SoakMachine) {
    this.#workshop = workshop;
    this.#machine = machine;
    this.dataDir = workshop.folder('soak-data');
  }

  /** Ages count from here on. */
  begin(): void {
    this.#beganMs = monotonicMs();
  }

  async start(): Promise<void> {
    const loopFile = this.#workshop.folder('soak-loop.json');
    const bornMs = monotonicMs();
    const station = await startStation(this.#workshop, {
      dataDir: this.dataDir,
      nodeArgs: ['--require', loopWatch],
      env: { ...this.#machine.env, SILVASONIC_BENCH_LOOP: loopFile },
    });
    station.child.kill('SIGURG');
    this.#now = { station, loopFile, bornMs, startMs: monotonicMs() - bornMs, memory: [] };
  }

  /** Takes a sample of its memory. @throws Error when it has ended by itself */
  look(): void {
    if (this.#now === null) return;
    const { station, bornMs, memory } = this.#now;
    if (station.child.exitCode !== null || station.child.signalCode !== null) {
      throw new Error('the console ended by itself');
    }
    memory.push({ ageMs: monotonicMs() - bornMs, mb: memoryOf([station.pid]).pss / 1e6 });
  }

  /** As in a power cut of the console alone. */
  async kill(): Promise<void> {
    const station = await this.#account();
    const gone = new Promise((done) => station.child.once('exit', done));
    station.child.kill('SIGKILL');
    await gone;
  }

  /** Captures end, and all that was heard becomes recordings. */
  async stop(): Promise<void> {
    const station = await this.#account();
    await this.#workshop.end(station.child, 60_000);
  }

  async #account(): Promise<HeadlessStation> {
    if (this.#now === null) throw new Error('no console runs');
    const { station, loopFile, bornMs, startMs, memory } = this.#now;
    this.#now = null;
    station.child.kill('SIGURG');
    const delays = await until('the event loop to be told', 10_000, () => {
      if (!existsSync(loopFile)) return null;
      const text = readFileSync(loopFile, 'utf8');
      return text === '' ? null : (JSON.parse(text) as { p99: number; max: number });
    });
    const delay = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION_MS);
    this.done.push({
      fromMs: bornMs - this.#beganMs,
      lengthMs: monotonicMs() - bornMs,
      startMs,
      p99Ms: delay(delays.p99),
      mostMs: delay(delays.max),
      cpuMs: cpuMs([station.pid]),
      memory,
    });
    return station;
  }
}

export interface SlopeAcrossLives {
  readonly mbPerHour: number;
  /** Standard error, MB/h. */
  readonly error: number;
  readonly lives: number;
}

/**
 * Growth of the console from life to life, at the same age: what it carries over on disk and takes up again. MB/h.
 * @returns null with fewer than three lives that grew so old
 */
export function slopeAcrossLives(lives: readonly Life[]): SlopeAcrossLives | null {
  const points = lives.flatMap(({ fromMs, memory }) => {
    const sample = memory.find(({ ageMs }) => ageMs >= SETTLED_MS);
    return sample === undefined ? [] : [{ x: (fromMs + sample.ageMs) / MS_PER_HOUR, y: sample.mb }];
  });
  if (points.length < 3) return null;
  const mbPerHour = slope(points);
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x0, y0] = [mean(({ x }) => x), mean(({ y }) => y)];
  const spread = points.reduce((sum, { x }) => sum + (x - x0) ** 2, 0);
  const left = points.reduce((sum, { x, y }) => sum + (y - y0 - mbPerHour * (x - x0)) ** 2, 0);
  const error = Math.sqrt(left / (points.length - 2) / spread);
  return { mbPerHour, error, lives: points.length };
}

/** Growth within the longest life, after it settled. MB/h, and over how many seconds. */
export function slopeWithinLongest(
  lives: readonly Life[],
): { readonly mbPerHour: number; readonly seconds: number } | null {
  const longest = [...lives].sort((a, b) => b.lengthMs - a.lengthMs)[0];
  const points = (longest?.memory ?? [])
    .filter(({ ageMs }) => ageMs >= SETTLED_MS)
    .map(({ ageMs, mb }) => ({ x: ageMs / MS_PER_HOUR, y: mb }));
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 5) return null;
  return { mbPerHour: slope(points), seconds: ((last.x - first.x) * MS_PER_HOUR) / 1000 };
}
