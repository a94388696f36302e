import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ImportedFiles } from '@main/indexer/imported-files';
import { recordingLogger } from '../../support/recording-logger';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';
import { temporaryFolder } from '../../support/temporary-folder';

function importedFolder() {
  const root = temporaryFolder();
  const connection = stationDatabase();
  insertDevice(connection, 'audiomoth');
  const logger = recordingLogger();
  const asked: string[][] = [];
  const refuse = new Set<string>();
  const files = new ImportedFiles({
    connection,
    dataRoot: root,
    logger,
    restore: (paths) => {
      asked.push([...paths]);
      const refused = paths.filter((path) => refuse.has(path));
      for (const rawPath of paths) {
        if (!refuse.has(rawPath)) insertRecording(connection, { device: 'audiomoth', rawPath });
      }
      return Promise.resolve({
        registered: paths.length - refused.length,
        healed: 0,
        refused: refused.map((path) => ({ path, why: 'no sidecar' })),
      });
    },
  });
  const place = (path: string): string => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), '');
    return path;
  };
  const run = () => files.registerAll(new AbortController().signal);
  return { root, logger, asked, refuse, place, run };
}

const NONE = { registered: 0, healed: 0 };

describe('imported files', () => {
  it('that have no row get one, fifty at a time, and those that have one are not asked for', async () => {
    const folder = importedFolder();
    const paths = Array.from({ length: 120 }, (_, n) =>
      folder.place(`imported/ab/${String(n)}.wav`),
    );
    folder.place('imported/ab/1.json');
    paths.push(folder.place('imported/cd/1.wav'));
    expect(await folder.run()).toEqual({ registered: 121, healed: 0 });
    expect(folder.asked.flat().sort()).toEqual([...paths].sort());
    expect(Math.max(...folder.asked.map((one) => one.length))).toBe(50);
    expect(await folder.run()).toEqual(NONE);
    expect(folder.asked.flat()).toHaveLength(121);
  });

  it('that cannot be told of do not stop the others, and are named once', async () => {
    const folder = importedFolder();
    folder.refuse.add(folder.place('imported/ab/bad.wav'));
    folder.place('imported/ab/good.wav');
    expect(await folder.run()).toEqual({ registered: 1, healed: 0 });
    expect(await folder.run()).toEqual(NONE);
    expect(folder.logger.lines).toHaveLength(1);
    expect(folder.logger.lines[0]).toMatchObject({
      event: 'imported.refused',
      fields: { path: 'imported/ab/bad.wav', why: 'no sidecar' },
    });
  });

  it('are none where nothing was imported, or something else lies there', async () => {
    const folder = importedFolder();
    expect(await folder.run()).toEqual(NONE);
    folder.place('imported/notes.wav');
    folder.place('imported/.tmp/half.wav');
    mkdirSync(join(folder.root, 'imported/ab/folder.wav'), { recursive: true });
    expect(await folder.run()).toEqual(NONE);
    rmSync(join(folder.root, 'imported'), { recursive: true });
    folder.place('imported');
    expect(await folder.run()).toEqual(NONE);
  });
});
