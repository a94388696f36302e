import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataFolderAt } from '@main/data-folder';
import { readRuntime, socketPath } from '@main/runtime-file';
import { overSocket } from '../../support/rpc-connections';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation } from '../../support/test-station';

describe('the control socket of a running station', () => {
  it('answers, and can be opened by this user only', async () => {
    const { station, dataDir } = await testStation();
    await station.start();
    const path = socketPath(dataFolderAt(dataDir));
    expect(path).toBe(join(dataDir, 'console.sock'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await overSocket(path).client.settings.get()).toMatchObject({ system: {} });
  });

  it('is named in the runtime file, with the process, for this user only', async () => {
    const { station, dataDir } = await testStation();
    await station.start();
    const folder = dataFolderAt(dataDir);
    expect(await readRuntime(folder)).toMatchObject({
      pid: process.pid,
      version: '0.0.0-test',
      socket: socketPath(folder),
    });
    expect(statSync(folder.runtimeFile).mode & 0o777).toBe(0o600);
  });

  it('replaces what a killed console left', async () => {
    const { station, dataDir } = await testStation();
    const path = socketPath(dataFolderAt(dataDir));
    writeFileSync(path, 'left behind');
    await station.start();
    expect(await overSocket(path).client.updates.status()).toMatchObject({ state: 'unsupported' });
  });

  it('is gone when the station has stopped, and the stop waits for no reader', async () => {
    const { station, dataDir } = await testStation();
    await station.start();
    const path = socketPath(dataFolderAt(dataDir));
    const watching = await overSocket(path).client.station.watch();
    await watching.next();
    const started = performance.now();
    await station.stop();
    expect(performance.now() - started).toBeLessThan(5000);
    expect(existsSync(path)).toBe(false);
  });

  it('lies elsewhere where the path of the folder is too long for a socket', async () => {
    const dataDir = join(temporaryFolder(), 'deep/'.repeat(30));
    mkdirSync(dataDir, { recursive: true });
    const { station } = await testStation({ dataDir });
    await station.start();
    const path = socketPath(dataFolderAt(dataDir));
    expect(dirname(path)).toBe(tmpdir());
    expect((await readRuntime(dataFolderAt(dataDir)))!.socket).toBe(path);
    expect(await overSocket(path).client.settings.get()).toMatchObject({ system: {} });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await station.stop();
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ['GET', '/'],
    ['GET', '/rpc'],
    ['POST', '/rpc/no/such/thing'],
    ['POST', '/etc/passwd'],
  ])('answers %s %s with 404', async (method, path) => {
    const { station, dataDir } = await testStation();
    await station.start();
    const asked = request({ socketPath: socketPath(dataFolderAt(dataDir)), method, path });
    asked.end();
    const [response] = (await once(asked, 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBe(404);
  });

  it('outlives nonsense', async () => {
    const { station, dataDir } = await testStation();
    await station.start();
    const path = socketPath(dataFolderAt(dataDir));
    const asked = request({ socketPath: path, method: 'POST', path: '/rpc/settings/set' });
    asked.setHeader('content-type', 'application/json');
    asked.end('{"json":');
    const [response] = (await once(asked, 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(await overSocket(path).client.settings.get()).toMatchObject({ system: {} });
  });

  it('writes down that the change came from the command line', async () => {
    const { station, dataDir } = await testStation();
    await station.start();
    const { client } = overSocket(socketPath(dataFolderAt(dataDir)));
    await client.settings.set({ key: 'system.station_name', value: 'Wald' });
    expect(station.settings.get().system.station_name).toBe('Wald');
    const [record] = (await client.logs.tail({ search: 'station_name' })).slice(-1);
    expect(record?.fields).toMatchObject({ actor: 'command_line' });
  });
});

describe('the runtime file', () => {
  it.each(['', 'nonsense', '{}', '{"pid":"1","version":"","socket":"","startedAt":""}'])(
    'that holds %j tells nothing',
    async (content) => {
      const folder = dataFolderAt(temporaryFolder());
      writeFileSync(folder.runtimeFile, content);
      expect(await readRuntime(folder)).toBeNull();
    },
  );

  it('that is not there tells nothing', async () => {
    expect(await readRuntime(dataFolderAt(temporaryFolder()))).toBeNull();
  });
});
