import { expect, it } from 'vitest';
import { type ExportBench, exportBench } from '../../support/export-bench';
import { longestStretch } from '../../support/longest-stretch';

/** What the main loop may be held up for, milliseconds. */
const MOST_MS = 20;
const LINES = 3_000;

/** As many rows without files as a table needs to be long. */
function addRows(bench: ExportBench): void {
  const { id } = bench.record({}, { localDeleted: true });
  bench.connection.sqlite
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
       insert into recordings (device, time_ms, duration_s, raw_path, raw_size_bytes, raw_sample_rate_hz,
         raw_channels, raw_bits_per_sample, raw_frames, indexed_at_ms)
       select device, time_ms + i * 10000, duration_s, 'x/' || i || '.wav', raw_size_bytes, raw_sample_rate_hz,
         raw_channels, raw_bits_per_sample, raw_frames, 0 from n join recordings on id = ?`,
    )
    .run(LINES - 1, id);
}

it('an export of many lines or of much sound never holds up the main loop', async () => {
  const bench = exportBench();
  addRows(bench);
  const ids = [1, 2].map(() => bench.record({ frames: 3_840_000, rate: 384_000 }).id);
  // Code that runs for the first time is slow once.
  await bench.run({ selection: { ids } });
  const sound = await longestStretch(async () => {
    expect(await bench.run({ selection: { ids } })).toMatchObject({ state: 'done', skipped: 0 });
  });
  const table = await longestStretch(async () => {
    const done = await bench.run({ format: 'csv' });
    expect(done).toMatchObject({ state: 'done', done: LINES + 2 });
  });
  expect(sound).toBeLessThan(MOST_MS);
  expect(table).toBeLessThan(MOST_MS);
});
