import { ORPCError } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import { dataFolderAt } from '@main/data-folder';
import { socketPath } from '@main/runtime-file';
import { at, contractProcedures } from '../../support/contract-procedures';
import { overPort, overSocket } from '../../support/rpc-connections';
import { sharedStation } from '../../support/shared-station';

/** For each procedure: what is wrong, and where it must be said to be. */
const BAD: Readonly<Record<string, readonly [input: unknown, path: string][]>> = {
  'station.snapshot': [[{ x: 1 }, '']],
  'station.watch': [[{ x: 1 }, '']],
  'station.changes': [[{ x: 1 }, '']],
  'station.confirmClock': [
    [{}, 'shown'],
    [{ shown: 'now' }, 'shown'],
    [{ shown: '2026-05-01T12:00:00+02:00' }, 'shown'],
  ],
  'devices.list': [[{ x: 1 }, '']],
  'devices.addSimulated': [
    [{}, 'profileSlug'],
    [{ profileSlug: 7 }, 'profileSlug'],
    [{ profileSlug: 'Not A Slug' }, 'profileSlug'],
    [{ profileSlug: 'a', source: 'silence' }, 'source'],
    [{ profileSlug: 'a', source: 'file' }, 'file'],
    [{ profileSlug: 'a', source: 'noise', file: '/a.wav' }, 'file'],
    [{ profileSlug: 'a', displayName: '   ' }, 'displayName'],
    [{ profileSlug: 'a', colour: 'red' }, ''],
  ],
  'devices.addAlsa': [
    [{ pcm: 7 }, 'pcm'],
    [{ pcm: '' }, 'pcm'],
    [{ pcm: 'hw:0 -f null' }, 'pcm'],
    [{ pcm: 'hw:0\n' }, 'pcm'],
    [{ pcm: 'hw:0', profileSlug: '../etc' }, 'profileSlug'],
    [{ pcm: 'hw:0', displayName: 'x'.repeat(81) }, 'displayName'],
  ],
  'devices.remove': [[{ name: 7 }, 'name']],
  'devices.setProfile': [
    [{ name: 'a' }, 'profileSlug'],
    [{ name: '', profileSlug: 'a' }, 'name'],
  ],
  'devices.enroll': [[{ name: null }, 'name']],
  'devices.ignore': [[{ name: 'x'.repeat(201) }, 'name']],
  'recorders.list': [[{ x: 1 }, '']],
  'recorders.start': [[{ device: 7 }, 'device']],
  'recorders.stop': [[{}, 'device']],
  'recorders.pause': [
    [{ device: 'a' }, 'until'],
    [{ device: 'a', until: 'in two hours' }, 'until'],
    [{ device: 'a', until: '2026-05-01T12:00:00+02:00' }, 'until'],
    [{ until: '2026-05-01T12:00:00Z' }, 'device'],
  ],
  'recorders.resume': [[{ device: null }, 'device']],
  'recorders.setSchedule': [
    [{ device: 'a' }, 'schedule'],
    [{ device: 'a', schedule: { kind: 'sometimes' } }, 'schedule.kind'],
    [{ device: 'a', schedule: { kind: 'hours', windows: [] } }, 'schedule.windows'],
    [
      { device: 'a', schedule: { kind: 'hours', windows: [{ from: '25:00', to: '06:00' }] } },
      'schedule.windows.0.from',
    ],
  ],
  'recorders.previewSchedule': [
    [{ schedule: { kind: 'always' }, from: 'now', to: '2026-05-01T12:00:00Z' }, 'from'],
    [{ schedule: 'always', from: '2026-05-01T12:00:00Z', to: '2026-05-02T12:00:00Z' }, 'schedule'],
  ],
  'recorders.levels': [[{ device: 7 }, 'device']],
  'integrity.status': [[{ x: 1 }, '']],
  'integrity.pause': [[{ x: 1 }, '']],
  'integrity.resume': [[{ x: 1 }, '']],
  'integrity.findings': [[{ x: 1 }, '']],
  'integrity.auditStatus': [[{ x: 1 }, '']],
  'integrity.verify': [
    [{}, 'recordingId'],
    [{ recordingId: 0 }, 'recordingId'],
    [{ recordingId: '1' }, 'recordingId'],
  ],
  'integrity.audit': [
    [{ acceptLoss: 'yes' }, 'acceptLoss'],
    [{ force: true }, ''],
  ],
  'coverage.day': [
    [{}, 'day'],
    [{ day: '2026-02-30' }, 'day'],
    [{ day: 'today' }, 'day'],
    [{ day: '2026-05-01', device: '' }, 'device'],
  ],
  'coverage.days': [
    [{ from: '2026-05-01' }, 'to'],
    [{ from: '2026-05-01', to: '2026-02-30' }, 'to'],
    [{ from: '2026-05-01', to: '2026-05-02', device: '' }, 'device'],
  ],
  'coverage.certificate': [
    [{ from: '2026-05-01T12:00:00Z' }, 'to'],
    [{ from: 'noon', to: '2026-05-01T12:00:00Z' }, 'from'],
  ],
  'database.status': [[{ x: 1 }, '']],
  'database.backUp': [[{ why: 'x' }, '']],
  'alerts.history': [
    [{ limit: 0 }, 'limit'],
    [{ limit: 1001 }, 'limit'],
    [{ beforeId: 0 }, 'beforeId'],
  ],
  'recordings.list': [
    [{ limit: 0 }, 'limit'],
    [{ limit: 1001 }, 'limit'],
    [{ limit: 2.5 }, 'limit'],
    [{ order: 'random' }, 'order'],
    [{ from: 'yesterday' }, 'from'],
    [{ from: '2026-05-01T12:00:00+02:00' }, 'from'],
    [{ to: '2026-02-30T00:00:00Z' }, 'to'],
    [{ device: '' }, 'device'],
    [{ cursor: 'x'.repeat(101) }, 'cursor'],
    [{ text: '  ' }, 'text'],
    [{ tags: [] }, 'tags'],
    [{ minDurationS: -1 }, 'minDurationS'],
    [{ source: 'elsewhere' }, 'source'],
    [{ bin: 'yes' }, 'bin'],
  ],
  'recordings.count': [[{ from: 7 }, 'from']],
  'recordings.get': [
    [{ id: 0 }, 'id'],
    [{ id: '1' }, 'id'],
    [{ id: 2 ** 60 }, 'id'],
  ],
  'recordings.days': [
    [{ from: '2026-05-01' }, 'to'],
    [{ from: '2026-05-01T00:00:00Z', to: '2026-05-02' }, 'from'],
    [{ from: '2026-05-01', to: '2026-02-30' }, 'to'],
    [{ from: '2026-05-01', to: '2026-05-02', damaged: false }, 'damaged'],
  ],
  'recordings.describe': [
    [{ id: 0 }, 'id'],
    [{ id: 1, title: 'x'.repeat(201) }, 'title'],
    [{ id: 1, notes: 7 }, 'notes'],
    [{ id: 1, colour: 'red' }, ''],
  ],
  'recordings.tag': [
    [{}, 'selection'],
    [{ selection: { ids: [] } }, 'selection.ids'],
    [{ selection: { ids: [1] }, add: ['  '] }, 'add.0'],
    [{ selection: { ids: [1] }, remove: ['x'.repeat(65)] }, 'remove.0'],
  ],
  'recordings.protect': [
    [{ selection: { ids: [1] } }, 'protected'],
    [{ selection: { ids: ['1'] }, protected: true }, 'selection'],
  ],
  'recordings.undo': [
    [{}, 'change'],
    [{ change: '' }, 'change'],
  ],
  'recordings.tags': [[{ x: 1 }, '']],
  'recordings.discard': [
    [{ selection: {} }, 'selection'],
    [{ selection: { filter: { from: 'yesterday' } } }, 'selection.filter.from'],
  ],
  'recordings.restore': [
    [{ selection: { ids: [1], filter: {} } }, 'selection'],
    [{ selection: { ids: [1] }, discardedAt: 'before' }, 'discardedAt'],
  ],
  'recordings.purgePlan': [[{ selection: 'all' }, 'selection']],
  'recordings.purge': [
    [{ selection: { ids: [1] }, confirm: 1, reason: 'r' }, 'confirm'],
    [{ selection: { ids: [1] }, confirm: '1', reason: ' ' }, 'reason'],
    [{ selection: { ids: [1] }, confirm: '1' }, 'reason'],
  ],
  'recordings.detections': [[{ id: 0 }, 'id']],
  'analysis.workers': [[{ x: 1 }, '']],
  'analysis.asset': [
    [{ recordingId: 0, kind: 'peaks' }, 'recordingId'],
    [{ recordingId: '1', kind: 'peaks' }, 'recordingId'],
    [{ recordingId: 1, kind: 'song' }, 'kind'],
    [{ recordingId: 1, kind: 'peaks', again: 'yes' }, 'again'],
  ],
  'analysis.retry': [
    [{}, 'worker'],
    [{ worker: 'x'.repeat(65) }, 'worker'],
  ],
  'imports.start': [
    [{}, 'paths'],
    [{ paths: [] }, 'paths'],
    [{ paths: [''] }, 'paths.0'],
    [{ paths: ['/a'], options: { tags: [''] } }, 'options.tags.0'],
    [{ paths: ['/a'], options: { device: '' } }, 'options.device'],
    [{ paths: ['/a'], options: { lossy: true } }, 'options'],
  ],
  'imports.list': [[{ x: 1 }, '']],
  'imports.get': [[{}, 'id']],
  'imports.watch': [[{ id: 0 }, 'id']],
  'imports.cancel': [[{ id: 'one' }, 'id']],
  'imports.resume': [[{ id: 1.5 }, 'id']],
  'imports.items': [
    [{ id: 1, state: 'lost' }, 'state'],
    [{ id: 1, limit: 0 }, 'limit'],
    [{ id: 1, afterId: -1 }, 'afterId'],
  ],
  'exports.start': [
    [{ format: 'wav', folder: '/tmp' }, 'selection'],
    [{ selection: { ids: [] }, format: 'wav', folder: '/tmp' }, 'selection.ids'],
    [{ selection: { filter: {} }, format: 'mp3', folder: '/tmp' }, 'format'],
    [{ selection: { filter: {} }, format: 'wav', folder: '' }, 'folder'],
    [{ selection: { filter: {} }, format: 'wav', folder: '/tmp', streams: [] }, 'streams'],
  ],
  'exports.list': [[{ x: 1 }, '']],
  'exports.watch': [[{ id: '' }, 'id']],
  'exports.cancel': [[{ id: 7 }, 'id']],
  'dialogs.openAudio': [[{ x: 1 }, '']],
  'dialogs.openFolder': [
    [{}, 'purpose'],
    [{ purpose: 'delete' }, 'purpose'],
  ],
  'dialogs.places': [[{ x: 1 }, '']],
  'profiles.list': [[{ x: 1 }, '']],
  'profiles.get': [[{ slug: 'UPPER' }, 'slug']],
  'profiles.create': [
    [
      { slug: 'a', name: 'A', audio: { sample_rate: '48000', channels: 1, format: 'S16LE' } },
      'audio.sample_rate',
    ],
    [
      { slug: 'a', name: 'A', audio: { sample_rate: 48000, channels: 9, format: 'S16LE' } },
      'audio.channels',
    ],
    [
      {
        slug: 'a',
        name: 'A',
        audio: { sample_rate: 48000, channels: 1, format: 'S16LE' },
        stream: { raw_enabled: false, processed_enabled: false },
      },
      'stream.raw_enabled',
    ],
    [
      {
        slug: 'a',
        name: 'A',
        audio: {
          sample_rate: 48000,
          channels: 1,
          format: 'S16LE',
          match: { usb_product_id: ['0389', 'xyz'] },
        },
      },
      'audio.match.usb_product_id.1',
    ],
  ],
  'profiles.update': [
    [{ slug: 'a', name: '', audio: { sample_rate: 48000, channels: 1, format: 'S16LE' } }, 'name'],
  ],
  'profiles.remove': [[{}, 'slug']],
  'settings.get': [[{ x: 1 }, '']],
  'settings.set': [
    [{ key: 'station_name', value: 'x' }, 'key'],
    [{ key: 'system.station_name' }, 'value'],
    [{ key: 'system.station_name', value: { a: 1 } }, 'value'],
  ],
  'remotes.list': [[{ x: 1 }, '']],
  'remotes.test': [
    [{ slug: 'Not A Slug' }, 'slug'],
    [{ draft: { name: 'a', type: 'dropbox', options: {} } }, 'draft.type'],
    [{ slug: 'a', secrets: { pass: '' } }, 'secrets.pass'],
  ],
  'remotes.add': [
    [{}, 'draft'],
    [{ draft: { name: ' ', type: 'local', options: {} } }, 'draft.name'],
    [{ draft: { name: 'a\nb', type: 'local', options: {} } }, 'draft.name'],
    [
      { draft: { name: 'a', type: 'local', options: { 'PATH; rm': '/' } } },
      'draft.options.PATH; rm',
    ],
    [{ draft: { name: 'a', type: 'local', options: { path: 'a\0b' } } }, 'draft.options.path'],
    [{ draft: { name: 'a', type: 'local', options: {}, basePath: '../up' } }, 'draft.basePath'],
    [{ draft: { name: 'a', type: 'local', options: {}, basePath: '/root' } }, 'draft.basePath'],
    [
      { draft: { name: 'a', type: 'local', options: {}, bandwidthLimit: '1M --config x' } },
      'draft.bandwidthLimit',
    ],
    [
      { draft: { name: 'a', type: 'local', options: {}, window: { startHour: 3, endHour: 24 } } },
      'draft.window.endHour',
    ],
    [
      { draft: { name: 'a', type: 'local', options: {}, window: { startHour: 3, endHour: 3 } } },
      'draft.window',
    ],
    [{ draft: { name: 'a', type: 'local', options: {} }, slug: '-a' }, 'slug'],
  ],
  'remotes.edit': [
    [{ draft: { name: 'a' } }, 'slug'],
    [{ slug: 'a', draft: { type: 's3' } }, 'draft'],
    [{ slug: 'a', draft: { basePath: 'a/./b' } }, 'draft.basePath'],
  ],
  'remotes.pause': [[{ slug: '' }, 'slug']],
  'remotes.resume': [[{}, 'slug']],
  'remotes.removalPlan': [[{ slug: 7 }, 'slug']],
  'remotes.remove': [[{ slug: 'x'.repeat(65) }, 'slug']],
  'remotes.backfill': [[{ slug: null }, 'slug']],
  'remotes.reconcile': [[{}, 'slug']],
  'remotes.reconciliation': [[{ slug: 'a/b' }, 'slug']],
  'remotes.room': [[{}, 'slug']],
  'uploads.watch': [[{ x: 1 }, '']],
  'uploads.list': [
    [{ limit: 0 }, 'limit'],
    [{ filter: { code: 'SAD' } }, 'filter.code'],
    [{ filter: { remote: '../a' } }, 'filter.remote'],
  ],
  'custody.get': [[{ recordingId: 0 }, 'recordingId']],
  'custody.fetch': [[{}, 'recordingId']],
  'janitor.status': [[{ x: 1 }, '']],
  'janitor.plan': [[{ limit: 501 }, 'limit']],
  'janitor.run': [[{ x: 1 }, '']],
  'janitor.history': [[{ limit: 0 }, 'limit']],
  'logs.tail': [
    [{ level: 'loud' }, 'level'],
    [{ limit: 2001 }, 'limit'],
  ],
  'logs.watch': [[{ search: 7 }, 'search']],
  'updates.status': [[{ x: 1 }, '']],
  'updates.check': [['now', '']],
  'vault.test': [[{ x: 1 }, '']],
  'authorisation.begin': [
    [{ type: 'dropbox' }, 'type'],
    [{ type: 'drive', clientId: ' ' }, 'clientId'],
  ],
  'authorisation.read': [
    [{ type: 'drive' }, 'pasted'],
    [{ type: 'onedrive', pasted: '{}', region: 'moon' }, 'region'],
  ],
};

interface Issue {
  readonly message: string;
  readonly path?: readonly (string | number | { key: string | number })[];
}

function pathOf(issue: Issue): string {
  return (issue.path ?? [])
    .map((part) => String(typeof part === 'object' ? part.key : part))
    .join('.');
}

const { station, dataDir } = sharedStation({}, (opened) => opened.start());

it('every procedure is asked something bad', () => {
  expect(Object.keys(BAD).sort()).toEqual(
    contractProcedures()
      .map(({ name }) => name)
      .sort(),
  );
});

const WAYS = {
  'over the port': () => overPort(station()),
  'over the socket': () => overSocket(socketPath(dataFolderAt(dataDir()))),
};
const cases = Object.entries(BAD).flatMap(([name, inputs]) =>
  inputs.map(([input, path]) => ({ name, input, path, shown: JSON.stringify(input).slice(0, 60) })),
);

describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('bad input %s', (way) => {
  it.each(cases)(
    '$name $shown is answered with its path "$path"',
    async ({ name, input, path }) => {
      const { client } = WAYS[way]();
      const ask = at(client, name) as (input: unknown) => Promise<unknown>;
      const error: unknown = await ask(input).then(
        () => 'it was taken',
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(ORPCError);
      const { code, status, data } = error as ORPCError<string, { issues: Issue[] }>;
      expect({ code, status }).toEqual({ code: 'BAD_REQUEST', status: 400 });
      expect(data.issues.map(pathOf)).toContain(path);
      for (const issue of data.issues) expect(issue.message).not.toBe('');
    },
  );
});

it('nothing of all that left a trace', async () => {
  const { client } = overPort(station());
  expect(await client.devices.list()).toEqual([]);
  expect((await client.profiles.list()).every(({ origin }) => origin === 'seed')).toBe(true);
});
