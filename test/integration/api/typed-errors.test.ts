import {
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isDefinedError, ORPCError } from '@orpc/client';
import { afterAll, describe, expect, it } from 'vitest';
import type { StationClient } from '@shared/contract';
import { contractErrors } from '@shared/contract/errors';
import { connect } from '@main/database/connection';
import { dataFolderAt } from '@main/data-folder';
import { contractProcedures } from '../../support/contract-procedures';
import { unpackTree } from '../../support/file-tree';
import { profileOf } from '../../support/profile';
import { soundOf } from '../../support/import-bench';
import { overPort } from '../../support/rpc-connections';
import { ROOMY_DISK } from '../../support/roomy-disk';
import { insertRecording } from '../../support/sample-rows';
import { sharedStation } from '../../support/shared-station';
import { testStation } from '../../support/test-station';

interface Case {
  readonly name: string;
  readonly code: keyof typeof contractErrors;
  readonly data: unknown;
  readonly ask: (client: StationClient) => Promise<unknown>;
}

const nobody = { what: 'device', id: 'nobody' };
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
/** A folder with so many sounds: enough to be still busy with. */
function cardOf(files: number): string {
  const card = mkdtempSync(join(root, 'card-'));
  for (let n = 0; n < files; n += 1)
    writeFileSync(join(card, `${String(n)}.wav`), soundOf(n + 1, 64));
  return card;
}
const noImport = { what: 'import', id: '999' };
const noProfile = { what: 'profile', id: 'nope' };

const noRemote = { what: 'remote', id: 'nowhere' };
const aFolder = () =>
  ({
    name: 'A folder',
    type: 'local',
    options: { path: mkdtempSync(join(root, 'cloud-')) },
  }) as const;
/** As if rclone had never been installed. */
async function withoutRclone(ask: () => Promise<unknown>): Promise<unknown> {
  const path = process.env['PATH'];
  process.env['PATH'] = '/proc/nonexistent';
  try {
    return await ask();
  } finally {
    process.env['PATH'] = path;
  }
}

/** As if the data disk did not tell how full it is. */
let diskTells = true;
async function withoutDisk(ask: () => Promise<unknown>): Promise<unknown> {
  diskTells = false;
  try {
    return await ask();
  } finally {
    diskTells = true;
  }
}

const OF_NOBODY = { filter: { device: 'nobody' } };

const CASES: readonly Case[] = [
  {
    name: 'authorisation.begin',
    code: 'NOT_AVAILABLE',
    data: { reason: 'login' },
    ask: async (client) => {
      await client.settings.set({ key: 'display.kiosk', value: true });
      try {
        return await client.authorisation.begin({ type: 'drive' });
      } finally {
        await client.settings.set({ key: 'display.kiosk', value: false });
      }
    },
  },
  {
    name: 'authorisation.read',
    code: 'INVALID_VALUE',
    data: {
      path: 'pasted',
      problem: 'This is not the token that "rclone authorize" prints: it has no refresh_token.',
    },
    ask: (client) =>
      client.authorisation.read({ type: 'drive', pasted: '{"access_token":"short-lived"}' }),
  },
  {
    name: 'database.backUp',
    code: 'NOT_AVAILABLE',
    data: { reason: 'no_room' },
    ask: async (client) => {
      const { station } = await client.station.snapshot();
      const file = join(station.dataDir, 'station.db');
      const { size } = statSync(file);
      truncateSync(file, 10e12); // a file with a hole: nowhere is room for its copy
      try {
        return await client.database.backUp();
      } finally {
        truncateSync(file, size);
      }
    },
  },
  {
    name: 'station.confirmClock',
    code: 'INVALID_VALUE',
    data: { path: 'shown', problem: expect.stringMatching(/^the clock shows 20/) as string },
    ask: (client) => client.station.confirmClock({ shown: '2026-05-01T12:00:00Z' }),
  },
  {
    name: 'devices.addSimulated',
    code: 'NOT_FOUND',
    data: noProfile,
    ask: (client) => client.devices.addSimulated({ profileSlug: 'nope' }),
  },
  {
    name: 'devices.addSimulated',
    code: 'INVALID_VALUE',
    data: { path: 'file', problem: '/nonexistent.wav does not exist' },
    ask: (client) =>
      client.devices.addSimulated({
        profileSlug: 'generic_usb',
        source: 'file',
        file: '/nonexistent.wav',
      }),
  },
  {
    name: 'devices.addAlsa',
    code: 'NOT_FOUND',
    data: noProfile,
    ask: (client) => client.devices.addAlsa({ pcm: 'hw:9', profileSlug: 'nope' }),
  },
  {
    name: 'devices.remove',
    code: 'CONFLICT',
    data: { reason: 'not_removable', id: expect.stringMatching(/^19f7-0003/) as string },
    ask: async (client) => {
      const [device] = await client.devices.list();
      return client.devices.remove({ name: device!.name });
    },
  },
  {
    name: 'devices.setProfile',
    code: 'NOT_FOUND',
    data: nobody,
    ask: (client) => client.devices.setProfile({ name: 'nobody', profileSlug: 'generic_usb' }),
  },
  {
    name: 'devices.setProfile',
    code: 'NOT_FOUND',
    data: noProfile,
    ask: async (client) => {
      const [device] = await client.devices.list();
      return client.devices.setProfile({ name: device!.name, profileSlug: 'nope' });
    },
  },
  {
    name: 'devices.enroll',
    code: 'NOT_FOUND',
    data: nobody,
    ask: (client) => client.devices.enroll({ name: 'nobody' }),
  },
  {
    name: 'devices.ignore',
    code: 'NOT_FOUND',
    data: nobody,
    ask: (client) => client.devices.ignore({ name: 'nobody' }),
  },
  {
    name: 'recorders.start',
    code: 'NOT_FOUND',
    data: nobody,
    ask: (client) => client.recorders.start({ device: 'nobody' }),
  },
  {
    name: 'recorders.stop',
    code: 'NOT_FOUND',
    data: nobody,
    ask: (client) => client.recorders.stop({ device: 'nobody' }),
  },
  {
    name: 'recorders.pause',
    code: 'NOT_FOUND',
    data: nobody,
    ask: (client) => client.recorders.pause({ device: 'nobody', until: inAnHour() }),
  },
  {
    name: 'recorders.pause',
    code: 'INVALID_VALUE',
    data: { path: 'until', problem: 'expected an instant ahead, at most seven days' },
    ask: async (client) => {
      const [device] = await client.devices.list();
      return client.recorders.pause({ device: device!.name, until: '2020-01-01T00:00:00Z' });
    },
  },
  {
    name: 'recorders.resume',
    code: 'NOT_FOUND',
    data: nobody,
    ask: (client) => client.recorders.resume({ device: 'nobody' }),
  },
  {
    name: 'recorders.setSchedule',
    code: 'NOT_FOUND',
    data: nobody,
    ask: (client) =>
      client.recorders.setSchedule({ device: 'nobody', schedule: { kind: 'always' } }),
  },
  {
    name: 'recorders.previewSchedule',
    code: 'INVALID_VALUE',
    data: { path: 'to', problem: 'expected an instant after `from`, at most 31 days' },
    ask: (client) =>
      client.recorders.previewSchedule({
        schedule: { kind: 'always' },
        from: '2026-05-01T00:00:00Z',
        to: '2026-08-01T00:00:00Z',
      }),
  },
  {
    name: 'recorders.levels',
    code: 'NOT_FOUND',
    data: nobody,
    ask: async (client) => {
      for await (const _ of await client.recorders.levels({ device: 'nobody' })) break;
    },
  },
  {
    name: 'recordings.undo',
    code: 'NOT_FOUND',
    data: { what: 'change', id: '4711' },
    ask: (client) => client.recordings.undo({ change: '4711' }),
  },
  {
    name: 'integrity.verify',
    code: 'NOT_FOUND',
    data: { what: 'recording', id: '4711' },
    ask: (client) => client.integrity.verify({ recordingId: 4711 }),
  },
  {
    name: 'integrity.verify',
    code: 'NOT_AVAILABLE',
    data: { reason: 'data_disk' },
    ask: async (client) => {
      const away = `${dataDir()}.away`;
      renameSync(dataDir(), away);
      try {
        return await client.integrity.verify({ recordingId: 4711 });
      } finally {
        renameSync(away, dataDir());
        await console_().dataDisk.look();
      }
    },
  },
  {
    name: 'coverage.day',
    code: 'NOT_FOUND',
    data: nobody,
    ask: (client) => client.coverage.day({ day: '2026-05-01', device: 'nobody' }),
  },
  {
    name: 'coverage.days',
    code: 'NOT_FOUND',
    data: nobody,
    ask: (client) =>
      client.coverage.days({ from: '2026-05-01', to: '2026-05-02', device: 'nobody' }),
  },
  {
    name: 'coverage.days',
    code: 'INVALID_VALUE',
    data: { path: 'to', problem: 'expected a day at or after `from`, 31 in all at most' },
    ask: (client) => client.coverage.days({ from: '2026-05-01', to: '2026-06-01' }),
  },
  {
    name: 'coverage.certificate',
    code: 'NOT_FOUND',
    data: nobody,
    ask: (client) =>
      client.coverage.certificate({
        from: '2026-05-01T12:00:00Z',
        to: '2026-05-02T12:00:00Z',
        device: 'nobody',
      }),
  },
  {
    name: 'coverage.certificate',
    code: 'INVALID_VALUE',
    data: { path: 'to', problem: 'this time is not over yet' },
    ask: (client) =>
      client.coverage.certificate({ from: new Date().toISOString(), to: inAnHour() }),
  },
  {
    name: 'recordings.list',
    code: 'INVALID_VALUE',
    data: { path: 'cursor', problem: 'the cursor is not one that a page gave out' },
    ask: (client) => client.recordings.list({ cursor: 'made up' }),
  },
  {
    name: 'recordings.get',
    code: 'NOT_FOUND',
    data: { what: 'recording', id: '4711' },
    ask: (client) => client.recordings.get({ id: 4711 }),
  },
  {
    name: 'analysis.asset',
    code: 'NOT_FOUND',
    data: { what: 'recording', id: '4711' },
    ask: (client) => client.analysis.asset({ recordingId: 4711, kind: 'peaks' }),
  },
  {
    name: 'analysis.retry',
    code: 'NOT_FOUND',
    data: { what: 'worker', id: 'nobody' },
    ask: (client) => client.analysis.retry({ worker: 'nobody' }),
  },
  {
    name: 'recordings.days',
    code: 'INVALID_VALUE',
    data: { path: 'to', problem: 'expected a day at most ten years after `from`' },
    ask: (client) => client.recordings.days({ from: '2000-01-01', to: '2026-05-01' }),
  },
  {
    name: 'recordings.describe',
    code: 'NOT_FOUND',
    data: { what: 'recording', id: '4711' },
    ask: (client) => client.recordings.describe({ id: 4711, title: 'x' }),
  },
  {
    name: 'recordings.purge',
    code: 'INVALID_VALUE',
    data: {
      path: 'confirm',
      problem: 'expected 1, the number of recordings that would be removed for good',
    },
    ask: async (client) => {
      const ids = [await addRecording(client)];
      await client.recordings.discard({ selection: { ids } });
      return client.recordings.purge({ selection: { ids }, confirm: '2', reason: 'a test' });
    },
  },
  {
    name: 'recordings.purge',
    code: 'CONFLICT',
    data: { reason: 'not_in_bin', id: expect.stringMatching(/^\d+$/) as string },
    ask: async (client) => {
      const ids = [await addRecording(client)];
      return client.recordings.purge({ selection: { ids }, confirm: '1', reason: 'a test' });
    },
  },
  {
    name: 'recordings.detections',
    code: 'NOT_FOUND',
    data: { what: 'recording', id: '4711' },
    ask: (client) => client.recordings.detections({ id: 4711 }),
  },
  {
    name: 'imports.start',
    code: 'INVALID_VALUE',
    data: { path: 'paths.0', problem: '/proc/nonexistent does not exist' },
    ask: (client) => client.imports.start({ paths: ['/proc/nonexistent'] }),
  },
  {
    name: 'imports.start',
    code: 'CONFLICT',
    data: { reason: 'import_running', id: expect.stringMatching(/^\d+$/) as string },
    ask: async (client) => {
      const card = cardOf(200);
      await client.imports.start({ paths: [card] });
      return client.imports.start({ paths: [card] });
    },
  },
  {
    name: 'imports.resume',
    code: 'CONFLICT',
    data: { reason: 'import_running', id: expect.stringMatching(/^\d+$/) as string },
    ask: async (client) => {
      const card = cardOf(200);
      await client.imports.cancel({ id: (await client.imports.list())[0]!.id });
      const first = await client.imports.start({ paths: [card] });
      await client.imports.cancel({ id: first.id });
      await client.imports.start({ paths: [card] });
      return client.imports.resume({ id: first.id });
    },
  },
  {
    name: 'imports.get',
    code: 'NOT_FOUND',
    data: noImport,
    ask: (client) => client.imports.get({ id: 999 }),
  },
  {
    name: 'imports.watch',
    code: 'NOT_FOUND',
    data: noImport,
    ask: async (client) => {
      for await (const _ of await client.imports.watch({ id: 999 })) break;
    },
  },
  {
    name: 'imports.cancel',
    code: 'NOT_FOUND',
    data: noImport,
    ask: (client) => client.imports.cancel({ id: 999 }),
  },
  {
    name: 'imports.resume',
    code: 'NOT_FOUND',
    data: noImport,
    ask: (client) => client.imports.resume({ id: 999 }),
  },
  {
    name: 'imports.items',
    code: 'NOT_FOUND',
    data: noImport,
    ask: (client) => client.imports.items({ id: 999 }),
  },
  {
    name: 'exports.start',
    code: 'INVALID_VALUE',
    data: { path: 'selection', problem: 'there are no recordings in it' },
    ask: (client) =>
      client.exports.start({ selection: OF_NOBODY, format: 'csv', folder: tmpdir() }),
  },
  {
    name: 'exports.start',
    code: 'CONFLICT',
    data: { reason: 'export_running', id: expect.any(String) as string },
    ask: (client) => {
      const start = () =>
        client.exports.start({ selection: OF_NOBODY, format: 'csv', folder: tmpdir() });
      // The first finds that there is nothing to export; until then it has the one place.
      const first = start().catch(() => undefined);
      return start().finally(() => first);
    },
  },
  {
    name: 'exports.watch',
    code: 'NOT_FOUND',
    data: { what: 'export', id: 'nope' },
    ask: async (client) => {
      for await (const _ of await client.exports.watch({ id: 'nope' })) break;
    },
  },
  {
    name: 'exports.cancel',
    code: 'NOT_FOUND',
    data: { what: 'export', id: 'nope' },
    ask: (client) => client.exports.cancel({ id: 'nope' }),
  },
  {
    name: 'dialogs.openAudio',
    code: 'NOT_AVAILABLE',
    data: { reason: 'no_window' },
    ask: (client) => client.dialogs.openAudio(),
  },
  {
    name: 'dialogs.openFolder',
    code: 'NOT_AVAILABLE',
    data: { reason: 'no_window' },
    ask: (client) => client.dialogs.openFolder({ purpose: 'export' }),
  },
  {
    name: 'remotes.test',
    code: 'NOT_FOUND',
    data: noRemote,
    ask: (client) => client.remotes.test({ slug: 'nowhere' }),
  },
  {
    name: 'remotes.test',
    code: 'INVALID_VALUE',
    data: { path: 'options.path', problem: expect.stringContaining('expected a folder') as string },
    ask: (client) =>
      client.remotes.test({ draft: { name: 'a', type: 'local', options: { path: 'here' } } }),
  },
  {
    name: 'remotes.test',
    code: 'NOT_AVAILABLE',
    data: { reason: 'rclone' },
    ask: (client) => withoutRclone(() => client.remotes.test({ draft: aFolder() })),
  },
  {
    name: 'remotes.add',
    code: 'CONFLICT',
    data: { reason: 'already_exists', id: 'twice' },
    ask: async (client) => {
      await client.remotes.add({ slug: 'twice', draft: aFolder() });
      return client.remotes.add({ slug: 'twice', draft: aFolder() });
    },
  },
  {
    name: 'remotes.add',
    code: 'INVALID_VALUE',
    data: { path: 'options.path', problem: 'it lies in the data folder of this station' },
    ask: (client) =>
      client.remotes.add({ draft: { ...aFolder(), options: { path: join(dataDir(), 'cloud') } } }),
  },
  {
    name: 'remotes.add',
    code: 'NOT_AVAILABLE',
    data: { reason: 'rclone' },
    ask: (client) => withoutRclone(() => client.remotes.add({ draft: aFolder() })),
  },
  {
    name: 'remotes.edit',
    code: 'NOT_FOUND',
    data: noRemote,
    ask: (client) => client.remotes.edit({ slug: 'nowhere', draft: { name: 'b' } }),
  },
  {
    name: 'remotes.edit',
    code: 'INVALID_VALUE',
    data: { path: 'options.colour', problem: 'there is no such option' },
    ask: async (client) => {
      const draft = aFolder();
      const { slug } = await client.remotes.add({ draft });
      const options = { ...draft.options, colour: 'red' };
      return client.remotes.edit({ slug, draft: { options } });
    },
  },
  {
    name: 'remotes.edit',
    code: 'NOT_AVAILABLE',
    data: { reason: 'rclone' },
    ask: async (client) => {
      const { slug } = await client.remotes.add({ draft: aFolder() });
      return withoutRclone(() => client.remotes.edit({ slug, draft: { name: 'Another name' } }));
    },
  },
  ...(
    [
      'pause',
      'resume',
      'removalPlan',
      'remove',
      'backfill',
      'reconcile',
      'reconciliation',
      'room',
    ] as const
  ).map((procedure): Case => ({
    name: `remotes.${procedure}`,
    code: 'NOT_FOUND',
    data: noRemote,
    ask: (client) => client.remotes[procedure]({ slug: 'nowhere' }),
  })),
  {
    name: 'remotes.reconcile',
    code: 'CONFLICT',
    data: { reason: 'reconciliation_running', id: 'compared' },
    ask: async (client) => {
      await client.remotes.add({ slug: 'compared', draft: aFolder() });
      await client.remotes.reconcile({ slug: 'compared' });
      return client.remotes.reconcile({ slug: 'compared' });
    },
  },
  {
    name: 'remotes.room',
    code: 'NOT_AVAILABLE',
    data: { reason: 'remote' },
    ask: async (client) => {
      const draft = aFolder();
      const { slug } = await client.remotes.add({ draft });
      rmSync(draft.options.path, { recursive: true }); // its disk was unplugged
      return client.remotes.room({ slug });
    },
  },
  {
    name: 'custody.get',
    code: 'NOT_FOUND',
    data: { what: 'recording', id: '99999' },
    ask: (client) => client.custody.get({ recordingId: 99_999 }),
  },
  {
    name: 'custody.fetch',
    code: 'NOT_FOUND',
    data: { what: 'recording', id: '99999' },
    ask: (client) => client.custody.fetch({ recordingId: 99_999 }),
  },
  {
    name: 'custody.fetch',
    code: 'NOT_AVAILABLE',
    data: { reason: 'no_copy' },
    ask: async (client) =>
      client.custody.fetch({ recordingId: await addRecording(client, { localDeleted: true }) }),
  },
  {
    name: 'profiles.get',
    code: 'NOT_FOUND',
    data: noProfile,
    ask: (client) => client.profiles.get({ slug: 'nope' }),
  },
  {
    name: 'profiles.create',
    code: 'CONFLICT',
    data: { reason: 'already_exists', id: 'generic_usb' },
    ask: (client) => client.profiles.create(profileOf('generic_usb')),
  },
  {
    name: 'profiles.update',
    code: 'NOT_FOUND',
    data: noProfile,
    ask: (client) => client.profiles.update(profileOf('nope')),
  },
  {
    name: 'profiles.remove',
    code: 'CONFLICT',
    data: { reason: 'seeded', id: 'generic_usb' },
    ask: (client) => client.profiles.remove({ slug: 'generic_usb' }),
  },
  {
    name: 'profiles.remove',
    code: 'CONFLICT',
    data: { reason: 'in_use', id: 'mine' },
    ask: async (client) => {
      await client.profiles.create(profileOf('mine'));
      await client.devices.addSimulated({ profileSlug: 'mine' });
      return client.profiles.remove({ slug: 'mine' });
    },
  },
  ...(['status', 'plan', 'run'] as const).map((what): Case => ({
    name: `janitor.${what}`,
    code: 'NOT_AVAILABLE',
    data: { reason: 'data_disk' },
    ask: (client) =>
      withoutDisk(() => (what === 'plan' ? client.janitor.plan({}) : client.janitor[what]())),
  })),
  {
    name: 'janitor.history',
    code: 'INVALID_VALUE',
    data: { path: 'cursor', problem: 'the cursor is not one that a page gave out' },
    ask: (client) => client.janitor.history({ cursor: 'made up' }),
  },
  {
    name: 'settings.set',
    code: 'NOT_FOUND',
    data: { what: 'setting', id: 'system.colour' },
    ask: (client) => client.settings.set({ key: 'system.colour', value: 'red' }),
  },
  {
    name: 'settings.set',
    code: 'INVALID_VALUE',
    data: { path: 'system.max_recorders', problem: expect.stringContaining('expected') as string },
    ask: (client) => client.settings.set({ key: 'system.max_recorders', value: 'many' }),
  },
  {
    name: 'settings.set',
    code: 'INVALID_VALUE',
    data: {
      path: 'processor.janitor_threshold_critical',
      problem: 'the three thresholds must rise: warning < critical < emergency',
    },
    ask: (client) => client.settings.set({ key: 'processor.janitor_threshold_warning', value: 95 }),
  },
];

const tree = readFileSync(
  resolve(import.meta.dirname, '../../support/fixtures/alsa/desktop-rode-nt-usb.tree'),
  'utf8',
);
const root = mkdtempSync(join(tmpdir(), 'silvasonic-test-'));
const machine = { procRoot: join(root, 'proc'), sysRoot: join(root, 'sys') };
unpackTree(tree, root);
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** A console with a real microphone plugged in, whose services were not started: nothing records. */
const { station: console_, dataDir } = sharedStation(
  {
    hardwareRoots: machine,
    measureDisk: () =>
      diskTells ? Promise.resolve(ROOMY_DISK) : Promise.reject(new Error('EIO: i/o error, statfs')),
  },
  (station) => station.look(),
);

/** A recording's row, written by another process. @returns its number */
async function addRecording(
  client: StationClient,
  columns: { readonly localDeleted?: boolean } = {},
): Promise<number> {
  const [device] = await client.devices.list();
  const connection = connect(dataFolderAt(dataDir()).databaseFile);
  try {
    return insertRecording(connection, { device: device!.name, ...columns });
  } finally {
    connection.sqlite.close();
  }
}

describe('a request that the station refuses', () => {
  it.each(CASES)(
    '$name is answered with $code, as the contract says',
    async ({ name, code, data, ask }) => {
      const { client } = overPort(console_());
      const error: unknown = await ask(client).then(
        () => 'it was done',
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(ORPCError);
      expect(error).toMatchObject({ code, data });
      // Declared for this procedure: a reader that handles the declared ones handles it.
      expect(isDefinedError(error)).toBe(true);
      const { errors } = contractProcedures().find((one) => one.name === name)!;
      expect(Object.keys(errors)).toContain(code);
      contractErrors[code].data.parse((error as ORPCError<string, unknown>).data);
      expect((error as Error).message).toMatch(/\S/);
    },
  );

  it('every error that is declared can happen, and is in the table above', () => {
    const declared = contractProcedures().flatMap(({ name, errors }) =>
      Object.keys(errors).map((code) => `${name} ${code}`),
    );
    const covered = new Set(CASES.map(({ name, code }) => `${name} ${code}`));
    expect(declared.filter((one) => !covered.has(one))).toEqual([]);
  });
});

describe('a request that fails for a reason nobody foresaw', () => {
  it('tells the asker nothing of our insides, and the log everything', async () => {
    const { station } = await testStation();
    const { client } = overPort(station);
    station.recordings.get = () => {
      throw new Error('the secret of row 7');
    };
    const error: unknown = await client.recordings
      .get({ id: 7 })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(JSON.stringify(error)).not.toContain('secret of row 7');
    const [record] = await client.logs.tail({ level: 'error' });
    expect(record).toMatchObject({
      service: 'api',
      event: 'request.failed',
      fields: { procedure: 'recordings.get', error: 'the secret of row 7' },
    });
  });

  it('is logged too when what a service gave is not what the contract says', async () => {
    const { station } = await testStation();
    const { client } = overPort(station);
    station.recordings.count = () => Promise.resolve(-1);
    await expect(client.recordings.count({})).rejects.toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
    });
    const [record] = await client.logs.tail({ level: 'error' });
    expect(record).toMatchObject({
      event: 'request.failed',
      fields: { procedure: 'recordings.count' },
    });
  });

  it('is not logged when the asker was wrong', async () => {
    const { station } = await testStation();
    const { client } = overPort(station);
    await client.recordings.get({ id: 0 }).catch(() => undefined);
    await client.recordings.get({ id: 7 }).catch(() => undefined);
    await client.recordings.list({ cursor: 'made up' }).catch(() => undefined);
    expect(await client.logs.tail({ level: 'error' })).toEqual([]);
  });
});
