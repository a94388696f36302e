import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataFolderAt, defaultDataDir, holdsStation, prepareDataFolder } from '@main/data-folder';
import { StationError } from '@main/station-error';
import { mayMount, mountedFolder } from '../../support/mounted-folder';
import { temporaryFolder } from '../../support/temporary-folder';

async function refusal(root: string): Promise<StationError> {
  const error: unknown = await prepareDataFolder(dataFolderAt(root)).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StationError);
  return error as StationError;
}

describe('a data folder', () => {
  it('is made with what belongs in it, and nothing else', async () => {
    const root = join(temporaryFolder(), 'a', 'b');
    await prepareDataFolder(dataFolderAt(root));
    await prepareDataFolder(dataFolderAt(root));
    expect(readdirSync(root).sort()).toEqual(['logs', 'recorder']);
  });

  it('may have a name that needs care', async () => {
    const root = join(temporaryFolder(), "Wald & 'Wiese' ü%20 [1]");
    await prepareDataFolder(dataFolderAt(root));
    expect(existsSync(join(root, 'recorder'))).toBe(true);
  });

  it.each(['data', 'data/below'])('is refused where a file is in the way (%s)', async (path) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'data'), 'mine');
    const { code, message } = await refusal(join(folder, path));
    expect(code).toBe('DATA_FOLDER_INVALID');
    expect(message).toBe(
      `The data folder ${join(folder, path)} is not a folder: a file is in the way. Choose another one with --data.`,
    );
    expect(readdirSync(folder)).toEqual(['data']);
  });

  it.each(['logs', 'recorder'])(
    'is refused where a file is in the way of its %s',
    async (inner) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, inner), 'mine');
      expect((await refusal(folder)).code).toBe('DATA_FOLDER_INVALID');
    },
  );

  it.runIf(mayMount())('on a read-only disk is refused, and nothing is written', async () => {
    const mounted = mountedFolder();
    mkdirSync(join(mounted.path, 'data'));
    mounted.makeReadOnly();
    const { code, message } = await refusal(join(mounted.path, 'data'));
    expect(code).toBe('DATA_FOLDER_UNWRITABLE');
    expect(message).toContain('cannot be written: the disk is mounted read-only.');
    expect(readdirSync(join(mounted.path, 'data'))).toEqual([]);
  });

  it.runIf(mayMount())('that does not exist yet on a read-only disk is refused', async () => {
    const mounted = mountedFolder();
    mounted.makeReadOnly();
    expect((await refusal(join(mounted.path, 'new'))).code).toBe('DATA_FOLDER_UNWRITABLE');
  });

  it('holds a station once there is a database', async () => {
    const folder = dataFolderAt(temporaryFolder());
    await prepareDataFolder(folder);
    expect(await holdsStation(folder)).toBe(false);
    writeFileSync(folder.databaseFile, '');
    expect(await holdsStation(folder)).toBe(true);
  });
});

describe('the data folder where none is named', () => {
  it.each([
    [{ SILVASONIC_DATA: '/srv/station', XDG_DATA_HOME: '/x' }, '/srv/station'],
    [{ SILVASONIC_DATA: '', XDG_DATA_HOME: '/x' }, '/x/silvasonic'],
  ])('for %j is %s', (env, expected) => {
    expect(defaultDataDir(env)).toBe(expected);
  });

  it.each([{}, { XDG_DATA_HOME: '' }, { XDG_DATA_HOME: 'relative' }])(
    'for %j is below the home',
    (env) => {
      expect(defaultDataDir(env)).toMatch(/\/\.local\/share\/silvasonic$/);
    },
  );
});
