import type { StationClient } from '@shared/contract';
import type { Device } from '@shared/model/device';
import type { RecorderStatus } from '@shared/model/recorder';
import type { Recording, RecordingFilter } from '@shared/model/recording';
import type { StationSnapshot } from '@shared/model/station';
import { NotFoundError } from '../request-error';
import { askedFor, tellMissing } from './asked-ids';
import { howItGoes, whyNot } from './recorder-words';
import { counted, megabytes, type Output, printable, table } from './output';

const PAGE = 1000;

export async function showStatus(
  client: StationClient,
  json: boolean,
  output: Output,
): Promise<void> {
  const snapshot = await client.station.snapshot();
  if (json) {
    output.out(JSON.stringify(snapshot));
    return;
  }
  for (const line of statusLines(snapshot)) output.out(printable(line));
}

function statusLines({
  station,
  recorders,
  dataDisk,
  host,
  recordings,
  services,
  alerts,
}: StationSnapshot): string[] {
  const disk = host.dataDisk;
  return [
    `${station.name} ${station.version} (${station.dataDir})`,
    station.running
      ? `The console runs (${station.shell}) since ${station.startedAt ?? '?'}.`
      : noConsole(station.lastConsole),
    ...recorders.map((recorder) => {
      const state =
        recorder.state === 'recording' ? 'RECORDING' : `NOT RECORDING, ${recorder.state}`;
      const alone = !station.running && recorder.runId !== null ? ', without a console' : '';
      const adopted = recorder.adopted ? ', taken over from an earlier console' : '';
      return `  ${recorder.device}: ${state}${howItGoes(recorder)}${alone}${adopted}${whyNot(recorder)}${failureOf(recorder)}`;
    }),
    ...(recorders.length === 0 ? [`  ${noMicrophones(recordings.total)}`] : []),
    recordings.lastIndexedAt === null
      ? 'no recordings yet'
      : `${counted(recordings.total, 'recording')}, the newest indexed at ${recordings.lastIndexedAt}`,
    disk === null
      ? 'The data disk cannot be read.'
      : `Data disk ${disk.usedPercent.toFixed(1)} % used, ${(disk.freeBytes / 1e9).toFixed(1)} GB free`,
    ...(dataDisk.state === 'ok' ? [] : [`data disk ${dataDisk.state}: ${dataDisk.detail}`]),
    ...services
      .filter((service) => station.running && service.state !== 'ok')
      .map((service) => `service ${service.name}: ${service.state} ${service.details}`),
    ...importLine(services),
    ...alerts.map(
      (alert) => `${alert.level}: ${alert.code} since ${alert.since}: ${alert.evidence}`,
    ),
  ];
}

function importLine(services: StationSnapshot['services']): string[] {
  const counters = services.find(({ name }) => name === 'importing')?.counters;
  const id = counters?.['running_import'] ?? null;
  if (id === null) return [];
  const left = Number(counters?.['waiting_count'] ?? 0);
  return [`import ${String(id)} goes on, ${counted(left, 'file')} to go: see "import --status"`];
}

/** What failed, and when: what goes on again is not to be taken for broken. */
function failureOf({ state, lastError }: RecorderStatus): string {
  if (lastError === null) return '';
  const { code, detail, at } = lastError;
  return state === 'recording'
    ? `; it had failed at ${at}: ${code}: ${detail}`
    : ` ${code}: ${detail} (${at})`;
}

/** That none runs, since when, and whether anybody wanted it so. */
export function noConsole(last: StationSnapshot['station']['lastConsole']): string {
  const none = 'No console is running on this data folder';
  if (last === null) return `${none}.`;
  switch (last.end) {
    case 'stopped':
      return `${none}: it was stopped at ${last.at}.`;
    case 'killed':
      return `${none}: IT ENDED UNASKED (a crash, or killed); its last sign of life was at ${last.at}.`;
    case 'unknown':
      return `${none}: how it ended is not known, since an older copy of the database took its place; in that its last sign of life is of ${last.at}.`;
    case 'lost_power':
      return `${none}: THE MACHINE WENT DOWN while it ran; its last sign of life was at ${last.at}.`;
  }
}

/** A station that has lost its database knows of microphones by their recordings only. */
function noMicrophones(recordings: number): string {
  return recordings === 0
    ? 'no microphones'
    : 'no microphones: none is connected and enrolled now; those that recorded before are listed by "coverage" and "recordings"';
}

export async function showDevices(
  client: StationClient,
  json: boolean,
  output: Output,
): Promise<void> {
  const all = await client.devices.list();
  // What imports are of can neither be switched nor scheduled.
  const devices = all.filter(({ kind }) => kind !== 'imported');
  if (json) output.out(JSON.stringify(devices));
  else tellDevices(devices, output);
}

/** One microphone, as after a decision about it. */
export function showDevice(device: Device, json: boolean, output: Output): void {
  if (json) output.out(JSON.stringify(device));
  else tellDevices([device], output);
}

function tellDevices(devices: readonly Device[], output: Output): void {
  const rows = devices.map((device) => [
    device.name,
    device.kind,
    device.presence,
    device.enrollment,
    device.profileSlug ?? '-',
    device.enabled ? 'on' : 'off',
    device.displayName,
  ]);
  const headings = ['DEVICE', 'KIND', 'PRESENCE', 'ENROLMENT', 'PROFILE', 'SWITCH', 'NAME'];
  for (const line of table(headings, rows)) output.out(line);
}

export async function showProfiles(
  client: StationClient,
  json: boolean,
  output: Output,
): Promise<void> {
  const profiles = await client.profiles.list();
  if (json) {
    output.out(JSON.stringify(profiles));
    return;
  }
  const rows = profiles.map(({ profile, origin }) => [
    profile.slug,
    String(profile.audio.sample_rate),
    String(profile.audio.channels),
    profile.audio.format,
    origin,
    profile.name,
  ]);
  for (const line of table(['PROFILE', 'HZ', 'CH', 'FORMAT', 'ORIGIN', 'NAME'], rows))
    output.out(line);
}

export interface RecordingsRequest {
  /** These, whatever the filter; none: all that it finds. */
  readonly ids: readonly number[];
  readonly filter: RecordingFilter;
  readonly limit: number;
}

export async function showRecordings(
  client: StationClient,
  request: RecordingsRequest,
  json: boolean,
  output: Output,
): Promise<void> {
  if (request.ids.length > 0) {
    const { found, missing } = await askedFor(client, request.ids);
    tellRecordings(found, found.length, json, output);
    tellMissing(missing, output);
    return;
  }
  const { limit, filter } = request;
  await mustBeKnown(client, filter.device);
  const items: Recording[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.recordings.list({
      ...filter,
      limit: Math.min(PAGE, limit - items.length),
      ...(cursor === undefined ? {} : { cursor }),
    });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && items.length < limit);
  const { total } = await client.recordings.count(filter);
  tellRecordings(items, total, json, output);
}

function tellRecordings(
  items: readonly Recording[],
  total: number,
  json: boolean,
  output: Output,
): void {
  if (json) {
    output.out(JSON.stringify({ total, items }));
    return;
  }
  const rows = items.map((recording) => [
    String(recording.id),
    recording.time,
    recording.device,
    `${recording.durationS.toFixed(3)} s`,
    megabytes((recording.raw?.sizeBytes ?? 0) + (recording.processed?.sizeBytes ?? 0)),
    nameOf(recording),
    recording.tags.join(', '),
    marksOf(recording).join(', '),
    (recording.raw ?? recording.processed)?.path ?? '',
  ]);
  const headings = ['ID', 'START', 'DEVICE', 'LENGTH', 'SIZE', 'NAME', 'TAGS', 'MARKS', 'FILE'];
  for (const line of table(headings, rows)) output.out(line);
  output.out(`${String(items.length)} of ${counted(total, 'recording')}`);
}

/** What people call it, and what the imported file was called. */
function nameOf({ title, originalName }: Recording): string {
  return [title, originalName].filter((name) => name !== null).join(' · ');
}

/** What is out of the ordinary. */
function marksOf(recording: Recording): string[] {
  const { integrity, localDeleted, missingFile } = recording;
  return [
    recording.protected ? 'protected' : '',
    recording.deletedAt === null ? '' : 'in the bin',
    integrity === null || integrity === 'ok' ? '' : integrity.toUpperCase(),
    localDeleted ? 'not here' : missingFile === null ? '' : `${missingFile} file gone`,
    recording.recovered ? 'recovered' : '',
    recording.clockUnsynced ? 'clock not synchronised' : '',
    recording.simulated ? 'simulated' : '',
    recording.detections === 0 ? '' : counted(recording.detections, 'detection'),
  ].filter((mark) => mark !== '');
}

/** @throws NotFoundError: "none" is no answer for a microphone that never was */
async function mustBeKnown(client: StationClient, device: string | undefined): Promise<void> {
  if (device === undefined) return;
  if ((await client.devices.list()).some(({ name }) => name === device)) return;
  // A database that was lost knows it by its recordings only.
  if ((await client.recordings.count({ device })).total === 0) {
    throw new NotFoundError('device', device);
  }
}

/** @param key one setting, `section.key`, or none for all */
export async function showSettings(
  client: StationClient,
  key: string | undefined,
  json: boolean,
  output: Output,
): Promise<void> {
  const settings = await client.settings.get();
  const entries = Object.entries(settings).flatMap(([section, values]) =>
    Object.entries(values).map(([name, value]): [string, unknown] => [`${section}.${name}`, value]),
  );
  const wanted = key === undefined ? entries : entries.filter(([name]) => name === key);
  if (json) {
    output.out(JSON.stringify(key === undefined ? settings : wanted[0]?.[1]));
    return;
  }
  if (key !== undefined) output.out(String(wanted[0]?.[1]));
  else
    for (const line of table(
      ['SETTING', 'VALUE'],
      wanted.map(([k, v]) => [k, String(v)]),
    ))
      output.out(line);
}
