// A program of its own, so that nothing else is in its loop: `measure.ts <rows,…> <turns> <result file>`.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { RecordingFilter } from '@shared/model/recording';
import { coverageOf } from '@main/coverage/coverage-of';
import { CoverageRows } from '@main/coverage/coverage-rows';
import { connect } from '@main/database/connection';
import { createEventBus } from '@main/events/bus';
import { ReadThread } from '@main/recordings/read-thread';
import { RecordingsRepository } from '@main/recordings/repository';
import { RecordingSearch } from '@main/recordings/search';
import { DEVICES, endOf, FIRST_MS, libraryFile } from './library-file';
import type { LibraryMeasurement, LoopMeasurement } from './measurement';

const NANOSECONDS_PER_MS = 1e6;

/** Always the same row of chances. */
function chances(): () => number {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Question {
  readonly name: string;
  readonly goalMs: number;
  ask(): unknown;
}

const FILTERS: Readonly<Record<string, RecordingFilter>> = {
  none: {},
  device: { device: 'microphone-2' },
  protected: { protected: true },
  'not protected': { protected: false },
  uploaded: { uploaded: true },
  'not uploaded': { uploaded: false },
  'not here': { localDeleted: true },
  here: { localDeleted: false },
  recovered: { recovered: true },
  'clock unsynced': { clockUnsynced: true },
  damaged: { damaged: true },
  imported: { source: 'import' },
  recorded: { source: 'recorder' },
  'shorter than 5 s': { maxDurationS: 5 },
  'longer than 5 s': { minDurationS: 5 },
  'a frequent tag': { tags: ['bat'] },
  'a rare tag': { tags: ['rare'] },
  'a tag and a microphone': { tags: ['owl'], device: 'microphone-3' },
  'a frequent label': { label: 'Parus major' },
  'a rare label': { label: 'Strix aluco' },
  'the bin': { bin: true },
  'rare words': { text: 'nightingale' },
  'frequent words': { text: 'tawny owl' },
  'very frequent words': { text: '2026' },
  'the start of a word': { text: 'dawn cho' },
};

function questions(
  search: RecordingSearch,
  connection: ReturnType<typeof connect>,
  rows: number,
): Question[] {
  const { sqlite } = connection;
  const coverage = new CoverageRows(connection);
  const chance = chances();
  const endMs = endOf(rows);
  const moment = (): number => Math.floor(FIRST_MS + chance() * (endMs - FIRST_MS));
  const poll = (
    name: string,
    sql: string,
    bound: () => readonly unknown[] = () => [],
  ): Question => {
    const statement = sqlite.prepare(sql);
    return { name, goalMs: 1, ask: () => statement.all(...bound()) };
  };
  const month = (): { timezone: string; from: string; to: string } => {
    const from = new Date(moment());
    const to = new Date(from.getTime() + 30 * 86_400_000);
    return {
      timezone: 'Europe/Berlin',
      from: from.toISOString().slice(0, 10),
      to: to.toISOString().slice(0, 10),
    };
  };
  return [
    ...Object.entries(FILTERS).map(([name, filter]) => ({
      name: `page of 100, ${name}`,
      goalMs: 10,
      // From the top, or from anywhere.
      ask: () =>
        search.page({
          ...filter,
          order: chance() < 0.5 ? 'newest_first' : 'oldest_first',
          limit: 100,
          ...(chance() < 0.5 ? {} : { cursor: `${String(moment())}.1` }),
        }),
    })),
    {
      name: 'page of 100, within a day',
      goalMs: 10,
      ask: () => {
        const fromMs = moment();
        return search.page({
          order: 'newest_first',
          limit: 100,
          from: new Date(fromMs).toISOString(),
          to: new Date(fromMs + 86_400_000).toISOString(),
          protected: true,
        });
      },
    },
    {
      name: 'one recording',
      goalMs: 1,
      ask: () => search.byIds([1 + Math.floor(chance() * rows)]),
    },
    { name: 'days of a month', goalMs: 10, ask: () => search.days({}, month()) },
    {
      name: 'days of a month, one microphone',
      goalMs: 10,
      ask: () => search.days({ device: 'microphone-1' }, month()),
    },
    { name: 'count, all', goalMs: 10, ask: () => search.count({}) },
    {
      name: 'count, some time of a microphone',
      goalMs: 10,
      ask: () => search.count({ device: 'microphone-1', from: new Date(moment()).toISOString() }),
    },
    {
      // The main loop has others' turns between one microphone and the next.
      name: 'coverage of a day, one microphone',
      goalMs: 20,
      ask: () => {
        const fromMs = moment();
        const span = { fromMs, toMs: fromMs + 86_400_000 };
        return coverage
          .devices()
          .slice(0, 1)
          .map(({ name, displayName, simulated }) =>
            coverageOf({
              ...span,
              ...{ device: name, displayName, simulated, nowMs: endMs + 86_400_000, pending: null },
              duties: coverage.duties(name, span),
              dutiesSinceMs: coverage.firstDutyMs(name),
              gaps: coverage.gaps(name, span),
              recordings: coverage.recordings(name, span),
            }),
          );
      },
    },
    poll(
      'poll: uploads that wait',
      'select id from recordings indexed by ix_recordings_upload_pending where uploaded = 0 and local_deleted = 0 and deleted_at_ms is null order by time_ms limit 50',
    ),
    poll(
      'poll: analysis that waits',
      `select recording_id from analysis_jobs where worker = 'peaks' and next_attempt_at_ms <= ? and claimed_until_ms <= ?
       order by priority desc, time_ms limit 1`,
      () => [endMs, endMs],
    ),
    poll(
      'poll: what analysis has not seen',
      'select id, time_ms from recordings where id > ? order by id limit 100',
      () => [Math.floor(chance() * rows)],
    ),
    poll(
      'janitor candidates',
      'select id, raw_path, processed_path from recordings indexed by ix_recordings_janitor where uploaded = 1 and local_deleted = 0 and protected = 0 order by time_ms limit 50',
    ),
  ];
}

function measureOne(question: Question, turns: number): LibraryMeasurement {
  const wallMs: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) question.ask(); // what the disk and the compiler need once
  if (process.env['SILVASONIC_BENCH_TELL'] !== undefined)
    process.stderr.write(`${question.name}\n`);
  const before = process.cpuUsage();
  for (let turn = 0; turn < turns; turn += 1) {
    const began = performance.now();
    question.ask();
    wallMs.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(before);
  return {
    name: question.name,
    goalMs: question.goalMs,
    wallMs,
    cpuMs: (user + system) / 1000 / turns,
  };
}

/** What the main loop feels while the heaviest questions are answered in the thread. */
async function measureLoop(file: string): Promise<LoopMeasurement> {
  const connection = connect(file);
  const worker = resolve(import.meta.dirname, '../../support/read-worker.mjs');
  const thread = new ReadThread(pathToFileURL(worker), file);
  const repository = new RecordingsRepository({
    connection,
    dataRoot: '/nowhere',
    bus: createEventBus(),
    thread,
    timezone: () => 'Europe/Berlin',
  });
  await repository.tags(); // the thread is made
  const watch = monitorEventLoopDelay({ resolution: 1 });
  watch.enable();
  await delay(200);
  watch.reset();
  const took: Record<string, number> = {};
  const timed = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    const began = performance.now();
    await work();
    took[name] = performance.now() - began;
  };
  await timed('count of what was recorded', () => repository.count({ source: 'recorder' }));
  await timed('count of very frequent words', () => repository.count({ text: '2026' }));
  await timed('days of a year that are uploaded', () =>
    repository.days({ uploaded: true }, { from: '2026-01-01', to: '2026-12-31' }),
  );
  await timed('plan of a purge of all', () => repository.purgePlan({ filter: { bin: true } }));
  await timed('numbers of all', () => repository.ids({ filter: {} }));
  await timed('page of what hardly is', () =>
    repository.page({
      order: 'newest_first',
      limit: 100,
      tags: ['bat'],
      source: 'import',
      device: 'microphone-1',
    }),
  );
  await timed('tags', () => repository.tags());
  watch.disable();
  await thread.close();
  connection.sqlite.close();
  return {
    p99Ms: watch.percentile(99) / NANOSECONDS_PER_MS - 1,
    mostMs: watch.max / NANOSECONDS_PER_MS - 1,
    took,
  };
}

const [sizes = '', turns = '100', resultFile = ''] = process.argv.slice(2);
const result = [];
for (const rows of sizes.split(',').map(Number)) {
  const file = libraryFile(rows, (line) => {
    process.stderr.write(`${line}\n`);
  });
  const connection = connect(file, { readonly: true });
  connection.sqlite.pragma('cache_size = -32768'); // as the reading thread has it
  const search = new RecordingSearch(connection.sqlite);
  const measurements = questions(search, connection, rows).map((question) =>
    measureOne(question, Number(turns)),
  );
  connection.sqlite.close();
  result.push({ rows, devices: DEVICES, measurements, loop: await measureLoop(file) });
}
writeFileSync(resultFile, JSON.stringify(result));
