import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseSegmentName } from '@main/files/segment-name';
import { removeFiles, type RetimedWorld, retimedWorld } from '../../support/retimed-world';

const MEMORY = '/dev/shm';

beforeEach(() => {
  // The power cut is staged: nothing needs a real disk, which would take minutes for thousands of syncs.
  if (existsSync(MEMORY)) vi.stubEnv('TMPDIR', MEMORY);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

type Act =
  | { readonly act: 'wrong'; readonly errorMs: number }
  | { readonly act: 'synchronise' | 'begin' | 'end' | 'index' | 'restart' | 'remove' }
  | { readonly act: 'record'; readonly count: number }
  | { readonly act: 'turn'; readonly failAt: number | undefined };

const DAY = 86_400_000;

const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    act: fc.constant('wrong' as const),
    errorMs: fc.oneof(
      fc.integer({ min: -200 * DAY, max: 200 * DAY }),
      fc.integer({ min: -5_000, max: 5_000 }),
      // As a machine without a battery starts.
      fc.constant(-56 * 365 * DAY),
    ),
  }),
  fc.record({
    act: fc.constantFrom<('synchronise' | 'begin' | 'end' | 'index' | 'restart' | 'remove')[]>(
      'synchronise',
      'begin',
      'begin',
      'end',
      'index',
      'index',
      'restart',
      'remove',
    ),
  }),
  fc.record({ act: fc.constant('record' as const), count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    act: fc.constant('turn' as const),
    failAt: fc.option(fc.integer({ min: 1, max: 80 }), { nil: undefined }),
  }),
);

async function perform(world: RetimedWorld, step: Act): Promise<void> {
  // Two things never happen at the same instant.
  await world.pass(1);
  switch (step.act) {
    case 'wrong':
      return world.setWrong(step.errorMs);
    case 'record':
      return world.record(step.count);
    case 'turn':
      await world.turn(step.failAt);
      // Whatever was interrupted: the next console finds it on the disk.
      if (step.failAt !== undefined) await world.restart();
      return;
    case 'begin':
      await world.begin();
      return;
    case 'remove': {
      const row = world
        .rows()
        .find(({ raw_path, processed_path, local_deleted }) =>
          [raw_path, processed_path].every(
            (path) => local_deleted === 0 && existsSync(join(world.folder.root, path)),
          ),
        );
      if (row !== undefined) removeFiles(world, row);
      return;
    }
    default:
      return world[step.act]();
  }
}

async function finish(world: RetimedWorld): Promise<void> {
  await world.synchronise();
  await world.restart();
  for (let turn = 0; turn < 3; turn += 1) {
    await world.index();
    await world.turn();
    await world.pass(11 * 60_000);
  }
  await world.index();
}

/** Every sound is there once, under its right time, and nothing else is. */
function expectTruth(world: RetimedWorld): void {
  const rows = world.rows();
  const told = rows.map((row) => `${row.run_id}/${String(row.sequence)}`);
  expect([...told].sort()).toEqual(
    world.segments.map(({ runId, sequence }) => `${runId}/${String(sequence)}`).sort(),
  );
  const files: string[] = [];
  for (const row of rows) {
    const segment = world.segments.find(
      ({ runId, sequence }) => runId === row.run_id && sequence === row.sequence,
    )!;
    expect(Math.abs(row.time_ms - segment.trueMs)).toBeLessThanOrEqual(1);
    expect(row.clock_unsynced).toBe(0);
    expect(row.local_deleted).toBe(Number(segment.deleted));
    if (segment.deleted) continue;
    files.push(row.raw_path, row.processed_path);
    for (const path of [row.raw_path, row.processed_path]) {
      expect(world.markOf(path)).toBe(segment.mark);
      const name = parseSegmentName(path.split('/').at(-1)!)!;
      expect(name).toMatchObject({ runId: row.run_id, sequence: row.sequence });
      expect(Math.abs(name.startMs + 500 - segment.trueMs)).toBeLessThanOrEqual(501);
    }
    if (row.retimed_at_ms !== null && row.original_time_ms !== null) {
      expect(Math.abs(world.stampOf(row.raw_path) - segment.trueMs)).toBeLessThanOrEqual(1);
    }
    expect(row.raw_sha256).toBe(world.sha256Of(row.raw_path));
    expect(row.processed_sha256).toBe(world.sha256Of(row.processed_path));
  }
  expect(world.files().sort()).toEqual(files.sort());
  for (const runId of new Set(rows.map((row) => row.run_id))) {
    const names = rows.filter((row) => row.run_id === runId).map((row) => row.raw_path);
    const present = names.filter((path) => files.includes(path));
    expect([...present].sort()).toEqual(present);
  }
}

describe('the times of recordings, whatever becomes of the clock and of the power', () => {
  it(
    'are right in the end: each sound is in one recording, under one name, within a millisecond',
    { timeout: 300_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(acts, { minLength: 5, maxLength: 25 }), async (steps) => {
          const world = await retimedWorld();
          await world.setWrong(-3 * DAY);
          await world.begin();
          for (const step of steps) await perform(world, step);
          await finish(world);
          expectTruth(world);
        }),
        { numRuns: 60 },
      );
    },
  );

  it(
    'are right however far a re-timing got before the power failed',
    { timeout: 300_000 },
    async () => {
      for (let failAt = 1, cut = true; cut; failAt += 1) {
        const world = await retimedWorld();
        await world.setWrong(-3 * DAY);
        await world.begin();
        await world.record(2);
        await world.index();
        await world.synchronise();
        await world.turn(failAt);
        cut = world.operations * 2 + 1 >= failAt;
        // The capture goes on, and the next console indexes before anything is completed.
        await world.restart();
        await world.record(1);
        await world.index();
        await finish(world);
        expectTruth(world);
      }
    },
  );
});
