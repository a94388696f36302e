import { readFile, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { StationClient } from '@shared/contract';
import type { Certificate } from '@shared/model/coverage';
import { toInstant } from '@shared/model/time';
import { verifyCertificate } from '../coverage/certificate';
import { certificateHtml } from '../coverage/certificate-html';
import { compareFiles, compareKey } from '../coverage/certified-files';
import { fingerprint } from '../coverage/station-key';
import { dayOf, nightIn } from '../coverage/zoned-day';
import { dataFolderAt } from '../data-folder';
import { InvalidValueError } from '../request-error';
import { AlreadySaid } from './already-said';
import { counted, type Output, printable } from './output';
import { UsageError } from './usage-error';
import { errorCode } from '../files/error-code';

export interface CertificateRequest {
  /** The day on which the night begins. */
  readonly night?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly device?: string | undefined;
  /** Files to write; they must not be there yet. */
  readonly out?: string | undefined;
  readonly html?: string | undefined;
}

/** @throws UsageError */
export function checkRequest({ night, from, to }: CertificateRequest): void {
  const isNight = night !== undefined && from === undefined && to === undefined;
  const isStretch = night === undefined && from !== undefined && to !== undefined;
  if (!isNight && !isStretch) {
    throw new UsageError('Say which time: either --night <day>, or --from <time> and --to <time>.');
  }
  if (isStretch && from >= to) throw new UsageError(`--from ${from} is not before --to ${to}.`);
}

export async function issueCertificate(
  client: StationClient,
  request: CertificateRequest,
  json: boolean,
  output: Output,
): Promise<void> {
  const { system } = await client.settings.get();
  if (request.night !== undefined) refuseUnfinished(request.night, system.timezone, Date.now());
  const { device, out, html } = request;
  const certificate = await client.coverage.certificate({
    ...stretchOf(request, system.timezone),
    ...(device === undefined ? {} : { device }),
  });
  const document = JSON.stringify(certificate, null, json ? undefined : 2);
  if (out !== undefined) await writeNew(out, `${document}\n`, output);
  if (html !== undefined)
    await writeNew(html, certificateHtml(certificate, system.language), output);
  if (json || (out === undefined && html === undefined)) {
    output.out(document);
    return;
  }
  for (const { device: name, recordedS, scheduledS, gaps, files } of certificate.devices) {
    const seconds = `${recordedS.toFixed(3)} of ${scheduledS.toFixed(3)} s recorded`;
    output.out(
      printable(
        `${name}: ${seconds}, ${counted(gaps.length, 'gap')}, ${counted(files.length, 'file')}`,
      ),
    );
  }
  for (const path of [out, html]) if (path !== undefined) output.out(`Written: ${resolve(path)}`);
}

/** @throws InvalidValueError that says when it can be certified */
export function refuseUnfinished(night: string, timezone: string, nowMs: number): void {
  const { toMs } = nightIn(timezone, night);
  if (toMs <= nowMs) return;
  const day = dayOf(timezone, toMs);
  const words = `the night of ${night} ends on ${day} at 12:00 (${timezone}, ${toInstant(toMs)}); it can be certified from then on. For what is over already, say --from and --to`;
  throw new InvalidValueError('night', words);
}

function stretchOf(
  { night, from, to }: CertificateRequest,
  timezone: string,
): { from: string; to: string } {
  if (night === undefined) return { from: from ?? '', to: to ?? '' };
  const span = nightIn(timezone, night);
  return { from: toInstant(span.fromMs), to: toInstant(span.toMs) };
}

async function writeNew(path: string, content: string, output: Output): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx' });
  } catch (error) {
    const code = errorCode(error);
    const why = code === 'EEXIST' ? 'it is there already' : code;
    output.err(printable(`${path} cannot be written: ${why}.`));
    throw new AlreadySaid();
  }
}

export interface CheckRequest {
  /** Compare key and files with those in this data folder. */
  readonly data?: string | undefined;
  /** The fingerprint that the key must have. */
  readonly key?: string | undefined;
}

const NO_KEY =
  'The key was not checked: anybody can sign with one of their own. Compare it with that of the station, or say --key FINGERPRINT or --data DIR.';

/**
 * Checks a certificate, and with a data folder also the files that it names.
 * @throws AlreadySaid when it is not valid, UsageError when it cannot be read
 */
export async function checkCertificate(
  path: string,
  { data: dataDir, key: wantedKey }: CheckRequest,
  json: boolean,
  output: Output,
): Promise<void> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    const why = code === 'ENOENT' ? 'there is no such file' : code;
    throw new UsageError(`${path} cannot be read: ${why}.`, { cause: error });
  }
  const { certificate, problems: own, notes: ownNotes } = verifyCertificate(text);
  const problems = [...own];
  const notes = [...ownNotes];
  const key = certificate === null ? null : fingerprint(certificate.signature.publicKey);
  let keyChecked = false;
  if (certificate !== null && dataDir !== undefined) {
    const folder = dataFolderAt(dataDir);
    await refuseNoFolder(folder.root);
    const compared = await compareKey(certificate, folder.stationKeyFile);
    keyChecked = compared !== null;
    problems.push(...(compared ?? []));
    problems.push(...(await compareFiles(certificate, folder.root)));
  }
  if (key !== null && wantedKey !== undefined) {
    keyChecked = true;
    if (key !== wantedKey) problems.push(`It was signed by another key: ${key}.`);
  }
  if (certificate !== null && !keyChecked) notes.push(NO_KEY);
  const ok = problems.length === 0;
  if (json) output.out(JSON.stringify({ ok, key, keyChecked, problems, notes }));
  else {
    for (const problem of problems) output.err(printable(problem));
    if (ok && certificate !== null) {
      const { station, from, to, devices } = certificate;
      const files = devices.reduce((sum, device) => sum + device.files.length, 0);
      output.out(
        printable(
          `Valid: ${station.name} (${station.id}), ${from} to ${to}, ${counted(devices.length, 'device')}, ${counted(files, 'file')}${dataDir === undefined ? '' : filesWords(devices)}.`,
        ),
      );
      output.out(`Signed with the key ${String(key)}`);
      for (const note of notes) output.out(printable(note));
    } else output.err(`${path} is not valid.`);
  }
  if (!ok) throw new AlreadySaid();
}

/** One sentence, not one for every file that cannot be there. @throws UsageError */
async function refuseNoFolder(root: string): Promise<void> {
  const is = await stat(root).then(
    (info) => (info.isDirectory() ? 'folder' : 'file'),
    () => 'nothing',
  );
  if (is === 'folder') return;
  const why = is === 'file' ? 'it is a file' : 'there is no such folder';
  throw new UsageError(`${root} cannot be compared with: ${why}.`);
}

/** What was found of files that it says were there. */
function filesWords(devices: Certificate['devices']): string {
  const files = devices.flatMap((device) => device.files);
  const absent = files.filter((file) => file.absent !== undefined).length;
  const unhashed = files.filter((file) => file.absent === undefined && file.sha256 === null).length;
  if (absent === 0 && unhashed === 0) return ', all there and unchanged';
  if (absent === files.length) return ', none of which were there when it was signed';
  const rest =
    absent === 0 ? '' : `, all there but ${String(absent)} that were not when it was signed`;
  return `${rest === '' ? ', all there' : rest}; those with a SHA-256 are unchanged`;
}
