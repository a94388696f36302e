import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CloudError } from '@main/cloud/provider';
import { custodyWorld, type CustodyWorld } from '../../../support/cloud/custody-world';
import { FolderProvider } from '../../../support/cloud/folder-provider';
import { providerFor } from '../../../support/cloud/provider-for';
import { serveSftp } from '../../../support/cloud/rclone-server';
import { soon } from '../../../support/soon';
import { temporaryFolder } from '../../../support/temporary-folder';

const aFolder = (): FolderProvider => new FolderProvider(temporaryFolder());

function objectOf(world: CustodyWorld, folder: string, id: number, slug = 'there'): string {
  return join(folder, String(world.copy(id, slug)?.['path']));
}

describe('a remote that is compared with the database', () => {
  it('agrees on a real server; what it lost is sent again, what nobody knows is left alone', async () => {
    const server = await serveSftp();
    const world = await custodyWorld({ there: providerFor(server) });
    const ids = [await world.upload(), await world.upload(), await world.upload()];
    expect(await world.reconciled('there')).toMatchObject({
      remote: 'there',
      objects: 3,
      agreed: 3,
      missing: 0,
      different: 0,
      unknown: 0,
      problem: null,
    });
    expect(world.alerts.size).toBe(0);

    const folder = join(server.folder, 'silvasonic');
    const [lost = 0, cut = 0] = ids;
    const before = readFileSync(objectOf(world, folder, lost));
    rmSync(objectOf(world, folder, lost));
    writeFileSync(objectOf(world, folder, cut), before.subarray(0, 100));
    writeFileSync(join(folder, 'holiday.jpg'), 'not ours');
    expect(await world.reconciled('there')).toMatchObject({
      objects: 3,
      agreed: 1,
      missing: 1,
      different: 1,
      unknown: 1,
    });
    expect([...world.alerts]).toEqual(['cloud.copies_missing warning there']);
    for (const id of [lost, cut]) {
      await soon(() => {
        expect(world.copy(id, 'there')?.['state']).toBe('verified');
      });
      expect(world.isUploaded(id)).toBe(true);
    }
    expect(readFileSync(objectOf(world, folder, lost)).equals(before)).toBe(true);
    expect(readFileSync(join(folder, 'holiday.jpg'), 'utf8')).toBe('not ours');
    expect(await world.reconciled('there')).toMatchObject({ agreed: 3, missing: 0, different: 0 });
    expect(world.alerts.size).toBe(0);
  });

  it('counts nothing as uploaded any more that it has lost, and says what is nowhere', async () => {
    const provider = aFolder();
    const world = await custodyWorld({ there: provider });
    const id = await world.upload();
    world.deleteHere(id);
    const object = objectOf(world, provider.folder, id);
    renameSync(object, join(provider.folder, 'aside'));
    expect(await world.reconciled('there')).toMatchObject({ missing: 1, unknown: 1 });
    expect(world.custody.get(id)).toMatchObject({
      state: 'lost',
      copies: [{ state: 'remote_deleted', verifiedAt: null, verifiedBy: null, code: 'NOT_FOUND' }],
    });
    expect(world.isUploaded(id)).toBe(false);
    expect([...world.alerts]).toEqual(['cloud.copies_missing critical there']);

    // Put back, it is believed again: not by its name and size, but when its bytes are those that were sent.
    const bytes = readFileSync(join(provider.folder, 'aside'));
    const spoilt = Buffer.from(bytes);
    spoilt.writeUInt8(spoilt.readUInt8(900) ^ 1, 900);
    writeFileSync(object, spoilt);
    expect(await world.reconciled('there')).toMatchObject({ agreed: 0, different: 1 });
    expect(world.custody.get(id).state).toBe('lost');
    writeFileSync(object, bytes);
    expect(await world.reconciled('there')).toMatchObject({ agreed: 1, different: 0 });
    expect(world.custody.get(id)).toMatchObject({
      state: 'local_deleted',
      copies: [{ state: 'verified', verifiedBy: 'download' }],
    });
    expect(world.isUploaded(id)).toBe(true);
    expect(world.alerts.size).toBe(0);
    expect(world.waiting()).toEqual([]);
    expect((await world.custody.fetch(id, 'me')).fetchedBack?.sha256Matches).toBe(true);
  });

  it('changes nothing when the remote cannot be asked, however empty it seems', async () => {
    const provider = aFolder();
    const world = await custodyWorld({ there: provider });
    const id = await world.upload();
    provider.broken = new CloudError('OFFLINE', 'nobody there');
    expect(await world.reconciled('there')).toMatchObject({
      missing: 0,
      problem: 'OFFLINE: nobody there',
    });
    provider.broken = null;
    // It lists nothing, and fails when it is asked for one of them.
    provider.list = async function* list() {
      await Promise.resolve();
      yield* [];
    };
    provider.stat = () => Promise.reject(new CloudError('TIMEOUT', 'no answer'));
    expect(await world.reconciled('there')).toMatchObject({
      missing: 0,
      problem: 'TIMEOUT: no answer',
    });
    expect(world.copy(id, 'there')?.['state']).toBe('verified');
    expect(world.alerts.size).toBe(0);
  });

  it('believes an object that is there over a list that left it out', async () => {
    const provider = aFolder();
    const world = await custodyWorld({ there: provider });
    const id = await world.upload();
    provider.list = async function* list() {
      await Promise.resolve();
      yield* [];
    };
    expect(await world.reconciled('there')).toMatchObject({ objects: 0, agreed: 1, missing: 0 });
    expect(world.copy(id, 'there')?.['state']).toBe('verified');
  });

  it('leaves alone what another remote has, and keeps the recording uploaded where that is enough', async () => {
    const [here, paused] = [aFolder(), aFolder()];
    const world = await custodyWorld({ here, paused });
    const id = await world.upload();
    world.deleteHere(id);
    world.remotes.change('paused', { stoppedFor: 'pause' });
    rmSync(objectOf(world, paused.folder, id, 'paused'));
    expect(await world.reconciled('paused')).toMatchObject({ missing: 1 });
    expect(world.copy(id, 'here')?.['state']).toBe('verified');
    expect(world.isUploaded(id)).toBe(true);
    expect([...world.alerts]).toEqual(['cloud.copies_missing warning paused']);
  });

  it('is compared once at a time, and is broken off when the station stops', async () => {
    const provider = aFolder();
    const world = await custodyWorld({ there: provider });
    await world.upload();
    const custody = await world.custodian();
    const asked = new Promise<void>((resolve) => {
      provider.check = (...[signal]: readonly AbortSignal[]) =>
        new Promise((_, reject) => {
          resolve();
          signal?.addEventListener('abort', () => {
            reject(new DOMException('aborted', 'AbortError'));
          });
        });
    });
    expect(custody.reconcile('there').finishedAt).toBeNull();
    await asked;
    expect(() => custody.reconcile('there')).toThrow('being compared already');
    expect(() => custody.reconcile('elsewhere')).toThrow('There is no remote');
    await custody.stop();
    expect(custody.reconciliation('there')).toMatchObject({
      problem: 'The station was stopped.',
    });
  });
});
