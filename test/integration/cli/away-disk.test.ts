import { existsSync, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { StationSnapshot } from '@shared/model/station';
import { dataFolderAt } from '@main/data-folder';
import { isOwnSocket, spareSocketPath } from '@main/runtime-file';
import { commandLine } from '../../support/command-line';
import { mayMount, mountedFolder } from '../../support/mounted-folder';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation } from '../../support/test-station';

describe('a running console whose data folder is gone', () => {
  it('can still be asked, and says what is the matter', async () => {
    const dataDir = join(temporaryFolder(), 'data');
    const { station } = await testStation({ dataDir });
    await station.start();
    renameSync(dataDir, `${dataDir}.away`);
    try {
      await station.dataDisk.look();
      const { exitCode, out, err } = await commandLine(['status', '--json', '--data', dataDir]);
      expect({ exitCode, err }).toEqual({ exitCode: 0, err: [] });
      const snapshot = JSON.parse(out[0]!) as StationSnapshot;
      expect(snapshot.station.running).toBe(true);
      expect(snapshot.dataDisk.state).toBe('missing');
    } finally {
      renameSync(`${dataDir}.away`, dataDir);
      await station.dataDisk.look();
    }
  });

  it('leaves no door open when it has stopped, and its door is for this user only', async () => {
    const { station, dataDir } = await testStation();
    const path = spareSocketPath(dataFolderAt(dataDir));
    await station.start();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await station.stop();
    expect(existsSync(path)).toBe(false);
  });

  it('is not mistaken for a socket that somebody else left in its place', async () => {
    const path = join(temporaryFolder(), 'a.sock');
    expect(await isOwnSocket(path)).toBe(false);
    const server = createServer().listen(path);
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    expect(await isOwnSocket(path)).toBe(true);
    expect(await isOwnSocket('/proc/self/exe')).toBe(false);
  });
});

describe.runIf(mayMount())('a console whose socket in the data folder was lost', () => {
  it('is found by its second door', async () => {
    const disk = mountedFolder({ sizeKb: 16_384 });
    const { station } = await testStation({ dataDir: disk.path });
    await station.start();
    renameSync(join(disk.path, 'console.sock'), join(disk.path, 'lost.sock'));
    const { exitCode, out } = await commandLine(['status', '--json', '--data', disk.path]);
    expect(exitCode).toBe(0);
    expect((JSON.parse(out[0]!) as StationSnapshot).station.running).toBe(true);
  });
});
