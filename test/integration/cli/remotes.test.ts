import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dataFolderAt } from '@main/data-folder';
import { commandLine } from '../../support/command-line';
import { SERVER_PASSWORD, serveWebdav } from '../../support/cloud/rclone-server';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation } from '../../support/test-station';

/** A data folder without a console. */
async function someStation(): Promise<string> {
  const { station, dataDir } = await testStation();
  await station.stop();
  return dataDir;
}

describe('remotes on the command line', () => {
  it('adds a folder after a test, shows it, changes it, and removes it when told twice', async () => {
    const data = ['--data', await someStation()];
    const path = temporaryFolder();
    expect((await commandLine(['remotes', 'list', ...data])).out).toEqual([
      'Recordings are sent nowhere: there is no remote.',
    ]);
    const add = ['remotes', 'add', 'USB-Platte', '--type', 'local', '--option', `path=${path}`];
    expect(await commandLine([...add, '--hours', '22-6', '--limit', '1M', ...data])).toEqual({
      exitCode: 0,
      out: ['Added as usb-platte. It gets what is recorded from now on.'],
      err: [],
    });
    expect(readdirSync(path, { recursive: true })).not.toContainEqual(
      expect.stringContaining('silvasonic-test'),
    );
    const listed = await commandLine(['remotes', 'list', '--json', ...data]);
    expect(JSON.parse(listed.out[0] ?? '')).toMatchObject([
      {
        slug: 'usb-platte',
        options: { path },
        window: { startHour: 22, endHour: 6 },
        bandwidthLimit: '1M',
      },
    ]);
    const edit = ['remotes', 'edit', 'usb-platte', '--name', 'Box', '--hours', 'none', ...data];
    expect(await commandLine(edit)).toMatchObject({ exitCode: 0, err: [] });
    await commandLine(['remotes', 'pause', 'usb-platte', ...data]);
    const [edited] = JSON.parse(
      (await commandLine(['remotes', 'list', '--json', ...data])).out[0] ?? '',
    ) as unknown[];
    expect(edited).toMatchObject({
      name: 'Box',
      window: null,
      bandwidthLimit: '1M',
      state: 'paused',
    });
    expect(await commandLine(['remotes', 'remove', 'usb-platte', ...data])).toMatchObject({
      exitCode: 1,
      err: ['Nothing was removed. To remove it: --yes'],
    });
    expect(await commandLine(['remotes', 'remove', 'usb-platte', '--yes', ...data])).toMatchObject({
      exitCode: 0,
    });
    expect((await commandLine(['remotes', 'test', 'usb-platte', ...data])).err).toEqual([
      'There is no remote "usb-platte".',
    ]);
  });

  it('takes a password from the environment, keeps it in the vault, and says what a test found', async () => {
    const dataDir = await someStation();
    const data = ['--data', dataDir];
    const { options } = await serveWebdav();
    const told = Object.entries(options).flatMap(([name, value]) => [
      '--option',
      `${name}=${value}`,
    ]);
    const add = ['remotes', 'add', 'Cloud', '--type', 'webdav', ...told];
    const named = [...add, '--secret', 'pass', ...data];

    process.env['SILVASONIC_SECRET_PASS'] = 'wrong';
    const refused = await commandLine(named);
    expect(refused).toMatchObject({ exitCode: 1 });
    expect(refused.out[0]).toMatch(/^FAILED {2}connected/);
    expect(refused.err.join('\n')).toMatch(/^AUTH: [^]*It was not added/);

    process.env['SILVASONIC_SECRET_PASS'] = SERVER_PASSWORD;
    expect(await commandLine(named)).toMatchObject({ exitCode: 0 });
    expect(process.env['SILVASONIC_SECRET_PASS']).toBeUndefined();
    const tested = await commandLine(['remotes', 'test', 'cloud', ...data]);
    expect(tested.err).toEqual([]);
    expect(tested.out.join('\n')).toMatch(/ok {6}read it back/);
    const { databaseFile } = dataFolderAt(dataDir);
    for (const file of [databaseFile, `${databaseFile}-wal`]) {
      const bytes = readFileSync(file, { encoding: 'latin1', flag: 'a+' });
      expect(bytes).not.toContain(SERVER_PASSWORD);
    }
  });

  it('says which option is wrong, and repeats no secret that was typed as one', async () => {
    const data = ['--data', await someStation()];
    const add = ['remotes', 'add', 'Cloud', '--type', 'local', '--option', 'path=here', ...data];
    expect(await commandLine(add)).toMatchObject({
      exitCode: 2,
      err: ['path: expected a folder from the root on, e.g. /media/usb'],
    });
    const leak = await commandLine([...add, '--secret', 'pass=geheim123']);
    expect(leak.exitCode).toBe(2);
  });
});
