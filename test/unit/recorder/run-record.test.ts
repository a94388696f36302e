import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RetimableRuns } from '@main/recorder/retimable-runs';
import { listRunIds, readRun, readRunRecord } from '@main/recorder/run-files';
import { parseRunRecord } from '@main/recorder/run-record';
import { deadRun } from '../../support/dead-run';
import { temporaryFolder } from '../../support/temporary-folder';

async function sampleRecord(): Promise<Record<string, unknown>> {
  return { ...(await readRunRecord(deadRun(temporaryFolder()).folder))! };
}

describe('the record of a run', () => {
  it('that is not there is absent', () => {
    expect(parseRunRecord(null)).toEqual({ state: 'absent' });
  });

  it.each(['', '{"version":1', '\0\0\0', 'null', '[]', '{}', '"1"'])(
    'that says %j is damaged',
    (text) => {
      expect(parseRunRecord(text)).toMatchObject({ state: 'damaged' });
    },
  );

  it.each(['device', 'config', 'runId', 'startedWallMs'])(
    'without its %s is damaged',
    async (key) => {
      const { [key]: _, ...rest } = await sampleRecord();
      expect(parseRunRecord(JSON.stringify(rest))).toMatchObject({ state: 'damaged' });
    },
  );

  it('of a newer console is not guessed at', async () => {
    const text = JSON.stringify({ ...(await sampleRecord()), version: 2 });
    expect(parseRunRecord(text)).toEqual({ state: 'newer', version: 2 });
  });

  it('of the first consoles, without live stream and boot, is understood', async () => {
    const { bootId: _, livePort: __, ...rest } = await sampleRecord();
    const { live: ___, ...config } = rest['config'] as Record<string, unknown>;
    expect(parseRunRecord(JSON.stringify({ ...rest, config }))).toMatchObject({
      state: 'known',
      record: { config: { live: false } },
    });
  });

  it('that says more than we know keeps it', async () => {
    const text = JSON.stringify({ ...(await sampleRecord()), mood: 'fine' });
    expect(parseRunRecord(text)).toMatchObject({ state: 'known', record: { mood: 'fine' } });
  });

  it('that cannot be read now is neither absent nor damaged', async () => {
    const run = deadRun(temporaryFolder());
    const folder = { ...run.folder, recordFile: run.folder.path };
    await expect(readRun(folder)).rejects.toThrow('EISDIR');
  });
});

describe('the runs of a workspace', () => {
  it('are none where there is no folder, and not known where it cannot be listed', async () => {
    const path = temporaryFolder();
    expect(await listRunIds(path)).toEqual([]);
    await expect(listRunIds(`${path}/${'x'.repeat(300)}`)).rejects.toThrow('ENAMETOOLONG');
  });

  it('are there for the re-timer although one of them is nonsense', async () => {
    const dataDir = temporaryFolder();
    const good = deadRun(dataDir);
    const bad = deadRun(dataDir, { runId: 'deadbeef' });
    writeFileSync(bad.folder.recordFile, '{"version":1,"config":{}}');
    mkdirSync(join(dataDir, 'recorder', 'x'), { recursive: true });
    const runs = new RetimableRuns(join(dataDir, 'recorder'));
    const read = await Promise.all((await runs.list()).map((key) => runs.read(key)));
    expect(read.map((run) => run?.runId ?? null).sort()).toEqual([good.runId, null].sort());
  });
});
