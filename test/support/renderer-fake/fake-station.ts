import { implement, ORPCError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { contract } from '@shared/contract/index';
import type { Device } from '@shared/model/device';
import type { LogRecord } from '@shared/model/log';
import type { Export } from '@shared/model/export';
import type { Import } from '@shared/model/import';
import type { Remote } from '@shared/model/remote';
import { settingsSchema, type Settings } from '@shared/model/settings';
import type { StationSnapshot, ChangeTopic } from '@shared/model/station';
import { sampleCustody, SampleCloud } from './sample-cloud';
import {
  sampleCertificate,
  sampleDay,
  sampleLevel,
  sampleSpans,
  sampleSums,
} from './sample-coverage';
import {
  ALERTS,
  DEVICES,
  logRecord,
  PAST_ALERTS,
  PROFILES,
  recording,
  RECORDINGS_TOTAL,
  SIMULATED,
  snapshot,
} from './sample-data';
import {
  PAUSED,
  SAMPLE_REPORT,
  sampleAudit,
  sampleDatabase,
  sampleFindings,
  sampleIntegrity,
  sampleWorkers,
} from './sample-health';
import {
  DETECTIONS,
  sampleAsset,
  sampleImport,
  sampleItems,
  SampleLibrary,
} from './sample-library';
import { sampleDeletions, sampleJanitor, samplePlan } from './sample-storage';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const never = new Promise<never>(() => undefined);

/**
 * A station that says what a scene needs: `filled`, `good`, `empty`, `loading` (never answers), `error`, `stale`
 * (goes silent after a moment), `stopped`, `demo`, `resting` (outside a schedule, and paused), `disk` (the data
 * disk is missing), `mute` (no live stream).
 */
export function serveFakeStation(scene: string): void {
  const os = implement(contract);
  const slow = (): Promise<unknown> =>
    scene === 'loading'
      ? never
      : scene === 'error'
        ? Promise.reject(new Error('database is locked'))
        : wait(30);
  let paused = false;
  const cloud = new SampleCloud(scene);
  let devices: Device[] =
    scene === 'empty'
      ? []
      : scene === 'filled'
        ? DEVICES
        : scene === 'stopped'
          ? [{ ...(DEVICES[0] as Device), enabled: false }]
          : scene === 'resting'
            ? [
                {
                  ...(DEVICES[0] as Device),
                  schedule: { kind: 'hours', windows: [{ from: '20:00', to: '06:30' }] },
                },
                {
                  ...(DEVICES[1] as Device),
                  pausedUntil: new Date(Date.now() + 1_800_000).toISOString(),
                },
              ]
            : DEVICES.slice(0, 2);
  let settings: Settings = settingsSchema.parse({
    system: { station_name: 'Waldstation Nordhang', timezone: 'Europe/Berlin' },
    cloud_sync: { enabled: true },
  });
  const stored = localStorage.getItem('fake:settings');
  if (stored !== null) settings = settingsSchema.parse(JSON.parse(stored));
  const listeners = new Set<(topic: ChangeTopic) => void>();
  const tell = (topic: ChangeTopic): void => {
    for (const listener of listeners) listener(topic);
  };
  const newestMs = Date.now() - 15_000;
  const library = new SampleLibrary(newestMs, RECORDINGS_TOTAL);
  const imports: Import[] = [];
  const exported: Export[] = [];
  let nextId = RECORDINGS_TOTAL;
  if (scene === 'filled' || scene === 'good') {
    setInterval(() => {
      nextId += 1;
      library.added.unshift(recording(nextId, Date.now() - 10_000));
      tell('recordings');
    }, 4000);
  }
  let clockConfirmed = false;
  const now = (): StationSnapshot => {
    const current = snapshot(devices, {
      name: settings.system.station_name,
      timezone: settings.system.timezone,
      language: settings.system.language,
      demo: scene === 'demo',
      clockSynced: scene !== 'filled' || clockConfirmed,
    });
    const services =
      scene === 'filled'
        ? current.services
        : current.services.map((service) => ({ ...service, state: 'ok' as const }));
    return {
      ...current,
      ...(scene === 'disk'
        ? {
            dataDisk: { state: 'missing', detail: '/var/lib/silvasonic: the marker file is gone.' },
            recorders: current.recorders.map((recorder) => ({
              ...recorder,
              desired: false,
              desiredReason: 'data_disk_missing',
              state: 'idle',
            })),
          }
        : {}),
      services,
      alerts: scene === 'filled' ? ALERTS : [],
      recordings:
        scene === 'empty'
          ? { total: 0, lastIndexedAt: null }
          : { total: nextId, lastIndexedAt: current.recordings.lastIndexedAt },
    };
  };
  const find = (name: string): Device => {
    const device = devices.find((candidate) => candidate.name === name);
    if (device === undefined)
      throw new ORPCError('NOT_FOUND', { data: { what: 'device', id: name }, defined: true });
    return device;
  };
  const change = (name: string, patch: Partial<Device>): Device => {
    const changed = { ...find(name), ...patch };
    devices = devices.map((device) => (device.name === name ? changed : device));
    tell('devices');
    return changed;
  };
  const passes = (
    record: LogRecord,
    filter: { level: string; service?: string | undefined; search?: string | undefined },
  ): boolean => {
    const order = ['debug', 'info', 'warn', 'error', 'fatal'];
    return (
      order.indexOf(record.level) >= order.indexOf(filter.level) &&
      (filter.service === undefined || filter.service === record.service) &&
      (filter.search === undefined ||
        JSON.stringify(record).toLowerCase().includes(filter.search.toLowerCase()))
    );
  };
  const logs = scene === 'empty' ? [] : Array.from({ length: 900 }, (_, index) => logRecord(index));

  const router = os.router({
    station: {
      snapshot: os.station.snapshot.handler(now),
      watch: os.station.watch.handler(async function* ({ signal }) {
        if (scene === 'loading') await never;
        for (let turn = 0; signal?.aborted !== true; turn += 1) {
          if (scene === 'stale' && turn > 1) await never;
          yield now();
          await wait(500);
        }
      }),
      confirmClock: os.station.confirmClock.handler(async () => {
        await wait(400);
        clockConfirmed = true;
        return { confirmed: new Date().toISOString() };
      }),
      changes: os.station.changes.handler(async function* ({ signal }) {
        const queue: ChangeTopic[] = [];
        let wake = (): void => undefined;
        const listener = (topic: ChangeTopic): void => {
          queue.push(topic);
          wake();
        };
        listeners.add(listener);
        signal?.addEventListener('abort', () => {
          listeners.delete(listener);
          wake();
        });
        while (signal?.aborted !== true) {
          const topic = queue.shift();
          if (topic === undefined) await new Promise<void>((resolve) => (wake = resolve));
          else yield { topic };
        }
      }),
    },
    devices: {
      list: os.devices.list.handler(async () => {
        await slow();
        return devices;
      }),
      addSimulated: os.devices.addSimulated.handler(async ({ input, errors }) => {
        await wait(400);
        if (input.file === '/nope.wav')
          throw errors.INVALID_VALUE({ data: { path: 'file', problem: 'no such file' } });
        const device: Device = {
          ...SIMULATED,
          name: `simulated-${String(devices.length + 1)}`,
          displayName: input.displayName ?? 'Simulated microphone',
          profileSlug: input.profileSlug,
        };
        devices = [...devices, device];
        tell('devices');
        return device;
      }),
      addAlsa: os.devices.addAlsa.handler(async ({ input }) => {
        await wait(400);
        const device: Device = {
          ...SIMULATED,
          kind: 'alsa',
          pcm: input.pcm,
          offers: null,
          simulatedSource: null,
          name: input.pcm,
          displayName: input.displayName ?? input.pcm,
        };
        devices = [...devices, device];
        tell('devices');
        return device;
      }),
      remove: os.devices.remove.handler(({ input }) => {
        devices = devices.filter((device) => device.name !== input.name);
        tell('devices');
        return { removed: true };
      }),
      setProfile: os.devices.setProfile.handler(async ({ input }) => {
        await wait(400);
        return change(input.name, {
          profileSlug: input.profileSlug,
          matchReason: { outcome: 'user', score: 0, candidates: [] },
        });
      }),
      enroll: os.devices.enroll.handler(({ input }) =>
        change(input.name, { enrollment: 'enrolled' }),
      ),
      ignore: os.devices.ignore.handler(({ input }) =>
        change(input.name, { enrollment: 'ignored' }),
      ),
    },
    recorders: {
      list: os.recorders.list.handler(() => now().recorders),
      start: os.recorders.start.handler(async ({ input }) => {
        await wait(600);
        change(input.device, { enabled: true });
        return recorderNow(input.device);
      }),
      stop: os.recorders.stop.handler(async ({ input, errors }) => {
        await wait(600);
        if (input.device.startsWith('1234'))
          throw errors.NOT_FOUND({ data: { what: 'device', id: input.device } });
        change(input.device, { enabled: false });
        return recorderNow(input.device);
      }),
      pause: os.recorders.pause.handler(async ({ input }) => {
        await wait(400);
        change(input.device, { pausedUntil: input.until });
        return recorderNow(input.device);
      }),
      resume: os.recorders.resume.handler(async ({ input }) => {
        await wait(400);
        change(input.device, { pausedUntil: null });
        return recorderNow(input.device);
      }),
      setSchedule: os.recorders.setSchedule.handler(async ({ input, errors }) => {
        await wait(500);
        if (input.device.startsWith('1234'))
          throw errors.NOT_FOUND({ data: { what: 'device', id: input.device } });
        return change(input.device, { schedule: input.schedule });
      }),
      previewSchedule: os.recorders.previewSchedule.handler(async ({ input }) => {
        await slow();
        const spans = sampleSpans(input.schedule, Date.parse(input.from), Date.parse(input.to));
        const known = settings.system.latitude !== null && settings.system.longitude !== null;
        return {
          spans: spans.map(([from, to]) => ({
            from: new Date(from).toISOString(),
            to: new Date(to).toISOString(),
          })),
          warning: input.schedule.kind === 'sun' && !known ? 'position_unknown' : null,
        };
      }),
      levels: os.recorders.levels.handler(async function* ({ input, signal }) {
        const { channels } = recorderNow(input.device);
        for (let turn = 0; signal?.aborted !== true; turn += 1) {
          if (scene === 'mute') await never;
          yield sampleLevel(input.device, channels ?? 1, turn);
          await wait(100);
        }
      }),
    },
    coverage: {
      day: os.coverage.day.handler(async ({ input }) => {
        await slow();
        return sampleDay(
          input.day,
          devices.filter((device) => input.device === undefined || device.name === input.device),
          settings.system.timezone,
          scene === 'filled',
        );
      }),
      days: os.coverage.days.handler(async ({ input }) => {
        await slow();
        return sampleSums(
          input.from,
          input.to,
          input.device === undefined ? devices.length : 1,
          scene === 'filled',
        );
      }),
      certificate: os.coverage.certificate.handler(async ({ input, errors }) => {
        await wait(600);
        if (Date.parse(input.to) > Date.now())
          throw errors.INVALID_VALUE({ data: { path: 'to', problem: 'lies ahead' } });
        return sampleCertificate(
          input.from,
          input.to,
          devices.filter((device) => input.device === undefined || device.name === input.device),
          settings.system.timezone,
        );
      }),
    },
    alerts: {
      history: os.alerts.history.handler(async ({ input }) => {
        await slow();
        if (scene !== 'filled') return [];
        const open = ALERTS.map((alert) => ({ ...alert, clearedAt: null }));
        const { beforeId } = input;
        return [...open, ...PAST_ALERTS]
          .filter((alert) => beforeId === undefined || alert.id < beforeId)
          .slice(0, input.limit);
      }),
    },
    recordings: {
      list: os.recordings.list.handler(async ({ input }) => {
        await slow();
        if (scene === 'empty' || (input.to !== undefined && input.to < '2020'))
          return { items: [], nextCursor: null };
        return library.page(input);
      }),
      count: os.recordings.count.handler(async ({ input }) => {
        await slow();
        return { total: scene === 'empty' ? 0 : library.count(input) };
      }),
      get: os.recordings.get.handler(async ({ input, errors }) => {
        await slow();
        if (input.id > nextId)
          throw errors.NOT_FOUND({ data: { what: 'recording', id: String(input.id) } });
        return library.get(input.id);
      }),
      days: os.recordings.days.handler(async ({ input }) => {
        await slow();
        return scene === 'empty' ? [] : library.days(input.from, input.to);
      }),
      describe: os.recordings.describe.handler(async ({ input: { id, ...texts } }) => {
        await wait(200);
        library.change([library.get(id)], () =>
          Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)),
        );
        return library.get(id);
      }),
      tag: os.recordings.tag.handler(async ({ input: { selection, add, remove } }) => {
        await wait(200);
        return library.changeToUndo(library.of(selection), ({ tags }) => ({
          tags: [...new Set([...tags.filter((tag) => !remove.includes(tag)), ...add])],
        }));
      }),
      protect: os.recordings.protect.handler(async ({ input }) => {
        await wait(200);
        return library.changeToUndo(library.of(input.selection), () => ({
          protected: input.protected,
        }));
      }),
      undo: os.recordings.undo.handler(async ({ input }) => {
        await wait(200);
        return { changed: library.undo(input.change) };
      }),
      tags: os.recordings.tags.handler(async () => {
        await slow();
        return scene === 'empty'
          ? []
          : ['bat', 'check again', 'owl', 'rain'].map((name, index) => ({
              name,
              recordings: 1200 * (index + 1),
            }));
      }),
      discard: os.recordings.discard.handler(async ({ input }) => {
        await wait(200);
        const at = new Date().toISOString();
        const rows = library.of(input.selection);
        const free = rows.filter((row) => !row.protected);
        library.change(free, () => ({ deletedAt: at }));
        return { changed: free.length, protected: rows.length - free.length, at };
      }),
      restore: os.recordings.restore.handler(async ({ input }) => {
        await wait(200);
        return {
          changed: library.change(library.of(input.selection), () => ({ deletedAt: null })),
        };
      }),
      purgePlan: os.recordings.purgePlan.handler(async ({ input }) => {
        await wait(300);
        const rows = library.of(input.selection);
        return {
          recordings: rows.length,
          files: rows.length * 2,
          bytes: rows.length * 8_640_088,
          notUploaded: rows.length,
          from: rows.at(-1)?.time ?? null,
          to: rows[0]?.time ?? null,
        };
      }),
      purge: os.recordings.purge.handler(async ({ input, errors }) => {
        await wait(500);
        const rows = library.of(input.selection);
        if (input.confirm !== String(rows.length))
          throw errors.INVALID_VALUE({ data: { path: 'confirm', problem: 'not the number' } });
        library.change(rows, () => ({ deletedAt: null }));
        return { recordings: rows.length, bytes: rows.length * 8_640_088, failed: 0 };
      }),
      detections: os.recordings.detections.handler(() => DETECTIONS),
    },
    analysis: {
      workers: os.analysis.workers.handler(async () => {
        await slow();
        return sampleWorkers(scene);
      }),
      asset: os.analysis.asset.handler(async ({ input }) => {
        await slow();
        return sampleAsset(input.kind, library.get(input.recordingId));
      }),
      retry: os.analysis.retry.handler(() => ({ jobs: 0 })),
    },
    integrity: {
      status: os.integrity.status.handler(async () => {
        await slow();
        return { ...sampleIntegrity(scene), ...(paused ? PAUSED : {}) };
      }),
      pause: os.integrity.pause.handler(() => {
        paused = true;
        return { ...sampleIntegrity(scene), ...PAUSED };
      }),
      resume: os.integrity.resume.handler(() => {
        paused = false;
        return sampleIntegrity(scene);
      }),
      findings: os.integrity.findings.handler(async () => {
        await slow();
        return sampleFindings(scene);
      }),
      verify: os.integrity.verify.handler(async ({ input }) => {
        await wait(600);
        const row = library.get(input.recordingId);
        const bad = row.integrity === 'corrupt';
        library.change([row], () => ({
          integrity: bad ? 'corrupt' : 'ok',
          verifiedAt: new Date().toISOString(),
        }));
        return [row.raw, row.processed].flatMap((file) =>
          file === null
            ? []
            : [
                {
                  recordingId: row.id,
                  path: file.path,
                  result: file.sha256 === null ? 'no_hash' : bad ? 'corrupt' : 'ok',
                  expected: file.sha256,
                  found: file.sha256 === null ? null : 'bad0'.repeat(16),
                  detail: '',
                } as const,
              ],
        );
      }),
      auditStatus: os.integrity.auditStatus.handler(async () => {
        await slow();
        return sampleAudit(scene);
      }),
      audit: os.integrity.audit.handler(async () => {
        await wait(800);
        return SAMPLE_REPORT;
      }),
    },
    imports: {
      start: os.imports.start.handler(async ({ input }) => {
        await wait(300);
        const begun = {
          ...sampleImport(imports.length + 1, 0, 240, input.options.tags),
          sources: input.paths,
        };
        imports.unshift(begun);
        return begun;
      }),
      list: os.imports.list.handler(async () => {
        await slow();
        return imports;
      }),
      get: os.imports.get.handler(({ input }) => importOf(input.id)),
      watch: os.imports.watch.handler(async function* ({ input, signal }) {
        for (let done = 0; signal?.aborted !== true && done <= 240; done += 4) {
          const current = importOf(input.id);
          if (current.state !== 'copying') {
            yield current;
            return;
          }
          const next = { ...sampleImport(input.id, done, 240, []), sources: current.sources };
          imports[imports.indexOf(current)] = next;
          yield next;
          if (next.state === 'done') return;
          await wait(100);
        }
      }),
      cancel: os.imports.cancel.handler(({ input }) => {
        const current = importOf(input.id);
        const ended: Import = { ...current, state: 'cancelled' };
        imports[imports.indexOf(current)] = ended;
        return ended;
      }),
      resume: os.imports.resume.handler(({ input }) => {
        const current = importOf(input.id);
        const again: Import = { ...current, state: 'copying' };
        imports[imports.indexOf(current)] = again;
        return again;
      }),
      items: os.imports.items.handler(async ({ input }) => {
        await slow();
        return sampleItems(input.state, input.afterId);
      }),
    },
    exports: {
      start: os.exports.start.handler(async ({ input, errors }) => {
        await wait(300);
        if (input.folder.startsWith('/nope'))
          throw errors.INVALID_VALUE({ data: { path: 'folder', problem: 'no such folder' } });
        const rows = library.of(input.selection);
        const begun: Export = {
          id: `export-${String(exported.length + 1)}`,
          format: input.format,
          folder: `${input.folder}/silvasonic-2026-11-21`,
          state: 'running',
          startedAt: new Date().toISOString(),
          recordings: rows.length,
          done: 0,
          skipped: 1,
          streams: input.streams,
          phase: 'writing',
          finishedAt: null,
          files: 0,
          remarkCount: 1,
          remarks: [
            { kind: 'skipped', recordingId: 4711, detail: 'Its file is not here any more.' },
          ],
          totalBytes: rows.length * 7_680_044,
          doneBytes: 0,
          bytesPerS: 61_000_000,
          secondsLeft: 12,
          problem: null,
        };
        exported.unshift(begun);
        return begun;
      }),
      list: os.exports.list.handler(() => exported),
      watch: os.exports.watch.handler(async function* ({ input, signal }) {
        for (let step = 0; signal?.aborted !== true && step <= 20; step += 1) {
          const current = exported.find(({ id }) => id === input.id);
          if (current === undefined) return;
          Object.assign(current, {
            done: Math.floor((current.recordings * step) / 20),
            doneBytes: Math.floor((current.totalBytes * step) / 20),
            secondsLeft: (20 - step) / 4,
            phase: step > 15 ? 'verifying' : 'writing',
            ...(step === 20
              ? { state: 'done', phase: null, secondsLeft: null, bytesPerS: null }
              : {}),
          });
          yield { ...current };
          await wait(250);
        }
      }),
      cancel: os.exports.cancel.handler(({ input, errors }) => {
        const current = exported.find(({ id }) => id === input.id);
        if (current === undefined)
          throw errors.NOT_FOUND({ data: { what: 'export', id: input.id } });
        current.state = 'cancelled';
        return current;
      }),
    },
    dialogs: {
      openAudio: os.dialogs.openAudio.handler(({ errors }) => {
        throw errors.NOT_AVAILABLE({ data: { reason: 'no_window' } });
      }),
      openFolder: os.dialogs.openFolder.handler(() => ({ paths: ['/media/AUDIOMOTH/2026-06'] })),
      places: os.dialogs.places.handler(() =>
        scene === 'empty'
          ? []
          : [
              {
                path: '/media/AUDIOMOTH',
                name: 'AUDIOMOTH',
                totalBytes: 64e9,
                freeBytes: 12e9,
                writable: true,
              },
            ],
      ),
    },
    database: {
      status: os.database.status.handler(async () => {
        await slow();
        return sampleDatabase(scene);
      }),
      backUp: os.database.backUp.handler(async () => {
        await wait(1500);
        const [newest] = sampleDatabase(scene).backups;
        if (newest === undefined) throw new Error('unreachable');
        return newest;
      }),
    },
    authorisation: {
      begin: os.authorisation.begin.handler(async function* () {
        await wait(300);
        const address = 'http://127.0.0.1:53682/auth?state=fake';
        yield { step: 'visit', address, opened: true };
        await wait(2500);
        yield { step: 'done', token: '{"access_token":"a","refresh_token":"r"}', options: {} };
      }),
      read: os.authorisation.read.handler(async ({ input, errors }) => {
        await wait(500);
        if (!input.pasted.includes('refresh_token')) {
          const problem = 'This is not the token that "rclone authorize" prints.';
          throw errors.INVALID_VALUE({ data: { path: 'pasted', problem } });
        }
        return { token: input.pasted, options: {} };
      }),
    },
    remotes: {
      list: os.remotes.list.handler(async () => {
        await slow();
        return cloud.remotes;
      }),
      test: os.remotes.test.handler(async ({ input }) => {
        await wait(900);
        return cloud.test(input.secrets);
      }),
      add: os.remotes.add.handler(async ({ input, errors }) => {
        await wait(300);
        if (cloud.remotes.some(({ name }) => name === input.draft.name))
          throw errors.CONFLICT({ data: { reason: 'already_exists', id: input.draft.name } });
        return cloud.add(input.draft, Object.keys(input.secrets));
      }),
      edit: os.remotes.edit.handler(async ({ input }) => {
        await wait(300);
        const changes = Object.entries(input.draft).filter(([, value]) => value !== undefined);
        return cloud.change(remoteOf(input.slug).slug, Object.fromEntries(changes));
      }),
      pause: os.remotes.pause.handler(async ({ input }) => {
        await wait(300);
        return cloud.change(remoteOf(input.slug).slug, { state: 'paused', bytesPerS: 0 });
      }),
      resume: os.remotes.resume.handler(async ({ input }) => {
        await wait(300);
        return cloud.change(remoteOf(input.slug).slug, { state: 'uploading' });
      }),
      removalPlan: os.remotes.removalPlan.handler(async ({ input }) => {
        await wait(200);
        return cloud.removal(remoteOf(input.slug));
      }),
      remove: os.remotes.remove.handler(async ({ input }) => {
        await wait(300);
        const removed = cloud.removal(remoteOf(input.slug));
        cloud.remove(input.slug);
        return removed;
      }),
      backfill: os.remotes.backfill.handler(async () => {
        await wait(500);
        return { recordings: 8_192 };
      }),
      reconcile: os.remotes.reconcile.handler(async ({ input }) => {
        await wait(500);
        return cloud.reconcile(remoteOf(input.slug).slug);
      }),
      reconciliation: os.remotes.reconciliation.handler(({ input }) =>
        cloud.reconciliation(input.slug),
      ),
      room: os.remotes.room.handler(() => ({ total: 1e12, used: 3.2e11, free: 6.8e11 })),
    },
    uploads: {
      watch: os.uploads.watch.handler(async function* ({ signal }) {
        for (let turn = 0; signal?.aborted !== true; turn += 1) {
          yield cloud.transfers(turn);
          await wait(200);
        }
      }),
      list: os.uploads.list.handler(async ({ input }) => {
        await slow();
        return cloud.uploads(input.filter, input.cursor, input.limit);
      }),
    },
    custody: {
      get: os.custody.get.handler(async ({ input }) => {
        await slow();
        return sampleCustody(library.get(input.recordingId), scene);
      }),
      fetch: os.custody.fetch.handler(async ({ input }) => {
        await wait(1500);
        const row = library.get(input.recordingId);
        library.change([row], () => ({ localDeleted: false }));
        return sampleCustody(library.get(input.recordingId), scene);
      }),
    },
    janitor: {
      status: os.janitor.status.handler(async () => {
        await slow();
        return sampleJanitor(scene);
      }),
      plan: os.janitor.plan.handler(async () => {
        await slow();
        return samplePlan(scene);
      }),
      run: os.janitor.run.handler(async () => {
        await wait(800);
        return sampleJanitor(scene);
      }),
      history: os.janitor.history.handler(async ({ input }) => {
        await slow();
        return sampleDeletions(scene, input.cursor, input.limit);
      }),
    },
    profiles: {
      list: os.profiles.list.handler(async () => {
        await slow();
        return PROFILES;
      }),
      get: os.profiles.get.handler(() => PROFILES[0] as (typeof PROFILES)[number]),
      create: os.profiles.create.handler(() => PROFILES[0] as (typeof PROFILES)[number]),
      update: os.profiles.update.handler(() => PROFILES[0] as (typeof PROFILES)[number]),
      remove: os.profiles.remove.handler(() => ({ removed: false })),
    },
    settings: {
      get: os.settings.get.handler(async () => {
        if (scene === 'loading' || scene === 'error') await slow();
        return settings;
      }),
      set: os.settings.set.handler(async ({ input, errors }) => {
        await wait(300);
        const [section, key] = input.key.split('.') as [keyof Settings, string];
        const result = settingsSchema.safeParse({
          ...settings,
          [section]: { ...settings[section], [key]: input.value },
        });
        if (!result.success)
          throw errors.INVALID_VALUE({
            data: { path: input.key, problem: result.error.issues[0]?.message ?? '' },
          });
        settings = result.data;
        localStorage.setItem('fake:settings', JSON.stringify(settings));
        tell('settings');
        return settings;
      }),
    },
    logs: {
      tail: os.logs.tail.handler(async ({ input }) => {
        await slow();
        return logs.filter((record) => passes(record, input)).slice(-input.limit);
      }),
      watch: os.logs.watch.handler(async function* ({ input, signal }) {
        for (
          let sequence = 900;
          signal?.aborted !== true;
          sequence += sequence % 40 === 39 ? 4 : 1
        ) {
          await wait(scene === 'empty' ? 1e6 : 300);
          const record = logRecord(sequence);
          logs.push(record);
          if (passes(record, input)) yield record;
        }
      }),
    },
    updates: {
      status: os.updates.status.handler(() => ({
        currentVersion: '0.1.0',
        state: settings.updates.feed_url === null ? 'no_feed' : 'idle',
        availableVersion: null,
        checkedAt: null,
        error: null,
      })),
      check: os.updates.check.handler(async () => {
        await wait(800);
        return {
          currentVersion: '0.1.0',
          state: 'failed',
          availableVersion: null,
          checkedAt: new Date().toISOString(),
          error: 'connect ECONNREFUSED 127.0.0.1:8080',
        };
      }),
    },
    vault: {
      test: os.vault.test.handler(async () => {
        await wait(500);
        return {
          available: true,
          backend: 'file',
          reason: 'no_session_bus',
          file: { state: 'open', key: 'key_file', entries: 2 },
          detail: 'Cannot autolaunch D-Bus without X11 $DISPLAY',
        };
      }),
    },
  });
  function importOf(id: number): Import {
    const found = imports.find((one) => one.id === id);
    if (found === undefined)
      throw new ORPCError('NOT_FOUND', { data: { what: 'import', id: String(id) }, defined: true });
    return found;
  }
  function remoteOf(slug: string): Remote {
    const found = cloud.find(slug);
    if (found === undefined)
      throw new ORPCError('NOT_FOUND', { data: { what: 'remote', id: slug }, defined: true });
    return found;
  }
  function recorderNow(name: string): StationSnapshot['recorders'][number] {
    const found = now().recorders.find((recorder) => recorder.device === name);
    if (found === undefined) throw new Error('unreachable');
    return found;
  }

  const handler = new RPCHandler(router);
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const [port] = event.ports;
    if (port === undefined || (event.data as { type?: string }).type !== 'silvasonic:connect')
      return;
    handler.upgrade(port);
    port.start();
  });
}
