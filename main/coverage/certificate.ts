import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import {
  type Certificate,
  type CertificateBody,
  certificateSchema,
  type Span,
} from '@shared/model/coverage';
import { clip, difference, intersection, lengthMs, type MsSpan, union } from '../clock/spans';
import { canonicalBytes, canonicalJson } from './canonical-json';
import { SEAM_MS, seamAfter } from './recorded-spans';
import { publicHalf } from './station-key';

export interface Verdict {
  readonly ok: boolean;
  /** English sentences; empty when it is valid. */
  readonly problems: readonly string[];
  /** What cannot be told by it though it is valid: English sentences. */
  readonly notes: readonly string[];
  /** null: it is no certificate at all. */
  readonly certificate: Certificate | null;
}

/**
 * Signs off the main thread: two days of five microphones are ninety thousand files.
 * @param privateKey Ed25519
 */
export async function signCertificate(
  body: CertificateBody,
  privateKey: KeyObject,
): Promise<Certificate> {
  const bytes = await canonicalBytes(body);
  const value = await new Promise<Buffer>((resolve, reject) => {
    sign(null, bytes, privateKey, (error, signature) => {
      if (error === null) resolve(signature);
      else reject(error);
    });
  });
  return {
    ...body,
    signature: {
      algorithm: 'Ed25519',
      publicKey: publicHalf(privateKey),
      value: value.toString('base64'),
    },
  };
}

/** Is it a certificate, unchanged since it was signed, and does it not contradict itself? Pure. */
export function verifyCertificate(json: string): Verdict {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch {
    return { ok: false, problems: ['It is not JSON.'], notes: [], certificate: null };
  }
  const parsed = certificateSchema.safeParse(document);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || 'document'}: ${message}`,
    );
    return { ok: false, problems, notes: [], certificate: null };
  }
  const certificate = parsed.data;
  const { signature, ...body } = certificate;
  const problems = [
    ...(isSigned(body, signature)
      ? []
      : ['The signature does not fit: it was changed, or signed by another key.']),
    ...contradictions(certificate),
  ];
  return { ok: problems.length === 0, problems, notes: notesOn(certificate), certificate };
}

function notesOn({ devices }: Certificate): string[] {
  return devices.flatMap(({ device, files, scheduledFromRecordingsS }) => {
    const count = (some: (file: Certificate['devices'][number]['files'][number]) => boolean) =>
      files.filter(some).length;
    const of = `of ${String(files.length)} files`;
    const [missing, removed, unhashed] = [
      count(({ absent }) => absent === 'missing'),
      count(({ absent }) => absent === 'removed'),
      count(({ absent, sha256 }) => absent === undefined && sha256 === null),
    ];
    return [
      ...(missing === 0
        ? []
        : [
            `${device}: ${String(missing)} ${of} were not there any more when it was signed: their sound does not count as recorded.`,
          ]),
      ...(removed === 0
        ? []
        : [
            `${device}: ${String(removed)} ${of} had been removed by the station when it was signed.`,
          ]),
      ...(unhashed === 0
        ? []
        : [
            `${device}: ${String(unhashed)} ${of} have no SHA-256 in it: nobody can tell whether they are unchanged.`,
          ]),
      ...(scheduledFromRecordingsS === undefined
        ? []
        : [
            `${device}: of ${scheduledFromRecordingsS.toFixed(3)} s nobody knows any more what was scheduled: what was recorded then counts as scheduled.`,
          ]),
    ];
  });
}

function isSigned(body: CertificateBody, signature: Certificate['signature']): boolean {
  try {
    const publicKey = createPublicKey({
      key: Buffer.from(signature.publicKey, 'base64'),
      type: 'spki',
      format: 'der',
    });
    if (publicKey.asymmetricKeyType !== 'ed25519') return false;
    const value = Buffer.from(signature.value, 'base64');
    return verify(null, Buffer.from(canonicalJson(body)), publicKey, value);
  } catch {
    return false;
  }
}

function contradictions(certificate: Certificate): string[] {
  const window = { fromMs: Date.parse(certificate.from), toMs: Date.parse(certificate.to) };
  const problems: string[] = [];
  if (window.toMs <= window.fromMs) problems.push('It ends before it begins.');
  if (Date.parse(certificate.issuedAt) < window.toMs) {
    problems.push('It was issued before the time that it certifies was over.');
  }
  const names = certificate.devices.map(({ device }) => device);
  if (new Set(names).size < names.length) problems.push('A device occurs twice.');
  for (const device of certificate.devices) {
    problems.push(...contradictionsOf(device, window).map((text) => `${device.device}: ${text}`));
  }
  return problems;
}

function contradictionsOf(device: Certificate['devices'][number], window: MsSpan): string[] {
  const problems: string[] = [];
  const check = (holds: boolean, text: string): void => {
    if (!holds) problems.push(text);
  };
  const near = (aS: number, bS: number, toleranceMs: number): boolean =>
    Math.abs(aS - bS) * 1000 <= toleranceMs + 0.5;
  const scheduled = union(device.scheduled.map(toMs));
  const recorded = union(device.recorded.map(toMs));
  const gaps = device.gaps.map((gap) => toMs({ from: gap.from, to: gap.to ?? gap.from }));
  const gapsS = device.gaps.reduce((sum, { seconds }) => sum + seconds, 0);
  // Each stretch may have lost a seam to its neighbours.
  const seamsMs = SEAM_MS * (scheduled.length + recorded.length + 1);
  check(
    near(device.recordedS + gapsS, device.scheduledS, device.gaps.length + 1),
    'recorded time and gaps do not add up to the scheduled time.',
  );
  check(
    near(lengthMs(scheduled) / 1000, device.scheduledS, 1),
    'the scheduled seconds are not those of its stretches.',
  );
  check(
    near(lengthMs(intersection(scheduled, recorded)) / 1000, device.recordedS, seamsMs),
    'the recorded seconds are not those of its stretches.',
  );
  const share = device.scheduledS === 0 ? null : device.recordedS / device.scheduledS;
  check(
    (share === null) === (device.coverage === null) &&
      Math.abs((share ?? 0) - (device.coverage ?? 0)) < 1e-6,
    'the coverage is not recorded ÷ scheduled time.',
  );
  check(
    device.gaps.every(
      (gap, i) => gap.to !== null && near(gap.seconds, lengthMs(gaps.slice(i, i + 1)) / 1000, 1),
    ),
    'a gap is not as long as it says.',
  );
  check(
    lengthMs(intersection(union(gaps), recorded)) <= gaps.length,
    'a gap lies where there are recordings.',
  );
  check(lengthMs(union(gaps)) >= gapsS * 1000 - gaps.length - 1, 'gaps overlap.');
  check(
    [...scheduled, ...recorded, ...gaps].every(
      (span) => span.fromMs >= window.fromMs && span.toMs <= window.toMs,
    ),
    'a stretch lies outside the time that it certifies.',
  );
  const kept = device.files.filter(({ absent }) => absent !== 'missing');
  const fileSpans = kept.map(({ time, durationS }) => ({
    fromMs: Date.parse(time),
    toMs: Math.round(Date.parse(time) + durationS * 1000),
  }));
  const inFiles = union(clip(fileSpans, window));
  // What slow crystals put between files is recorded time, and so is what came after it was thought lost.
  const longestS = kept.reduce((most, { durationS }) => Math.max(most, durationS), 0);
  const joined = union(inFiles, Math.max(SEAM_MS, seamAfter(longestS)));
  const twiceMs = lengthMs(clip(fileSpans, window)) - lengthMs(inFiles);
  check(
    lengthMs(difference(recorded, joined)) <= seamsMs + twiceMs &&
      lengthMs(difference(inFiles, recorded)) <= seamsMs,
    'its files do not make up the recorded time.',
  );
  check(kept.length === device.recordings, 'the number of files is not that of its recordings.');
  check(
    new Set(device.files.map(({ path }) => path)).size === device.files.length,
    'a file occurs twice.',
  );
  return problems;
}

function toMs({ from, to }: Span): MsSpan {
  return { fromMs: Date.parse(from), toMs: Date.parse(to) };
}
