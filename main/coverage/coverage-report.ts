import type {
  AbsentFile,
  Certificate,
  CertificateBody,
  DayCoverage,
  DaySum,
  DeviceCoverage,
} from '@shared/model/coverage';
import type { RecorderStatus } from '@shared/model/recorder';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { difference, type MsSpan, union } from '../clock/spans';
import type { Connection } from '../database/connection';
import { InvalidValueError, NotFoundError } from '../request-error';
import { absentFiles } from './absent-files';
import { signCertificate } from './certificate';
import { coverageOf, lossesOf, type RecordingFact } from './coverage-of';
import { CoverageRows, type FileRow, type KnownDevice } from './coverage-rows';
import { recordedSpans, SEAM_MS, spanOf } from './recorded-spans';
import type { StationKey } from './station-key';
import { dayIn } from './zoned-day';

export interface CoverageReportOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly recorders: () => readonly RecorderStatus[];
  readonly station: () => {
    readonly name: string;
    readonly timezone: string;
    readonly latitude: number | null;
    readonly longitude: number | null;
  };
  readonly stationId: () => string;
  readonly software: string;
  readonly clockSynced: () => boolean | null;
  readonly bootId: () => Promise<string>;
  /** Makes the hashes that wait as soon as can be. */
  readonly hashNow: () => Promise<void>;
  /** A file of this recording was tried again and again, and could not be read for its hash. */
  readonly unreadable: (recordingId: number) => boolean;
  readonly key: StationKey;
  /** The data folder, in which the files of recordings are looked for. */
  readonly dataDir: string;
  /** false while the disk of the data folder is not there: then no file is, and none of them is gone. */
  readonly diskUsable: () => boolean;
}

const DAY_MS = 24 * 3_600_000;
const MOST_DAYS = 31;
/** A start takes some tenths of a second: no reason to mark a day. */
const NOTABLE_S = 1;
const LONGEST_CERTIFICATE_MS = 2 * 24 * 3_600_000;
/** Segments that are closed wait so long, at worst, for their row. */
const PROMOTION_MS = 10_000;

/** Tells what was recorded of what should have been, and certifies it. */
export class CoverageReport {
  readonly #options: CoverageReportOptions;
  readonly #rows: CoverageRows;

  constructor(options: CoverageReportOptions) {
    this.#options = options;
    this.#rows = new CoverageRows(options.connection);
  }

  /** @throws NotFoundError for an unknown device */
  async day({ day, device }: { day: string; device?: string | undefined }): Promise<DayCoverage> {
    const { timezone } = this.#options.station();
    const nowMs = this.#nowMs();
    const span = dayIn(timezone, day);
    const recorders = this.#options.recorders();
    const devices: { readonly removed: boolean; readonly coverage: DeviceCoverage }[] = [];
    for (const one of this.#devicesFor(device)) {
      // A day of a microphone is thousands of rows: others get their turn in between.
      if (devices.length > 0) await new Promise((resolve) => setImmediate(resolve));
      devices.push({
        removed: one.removed,
        coverage: this.#coverageOf(one, span, nowMs, recorders),
      });
    }
    return {
      day,
      timezone,
      from: toInstant(span.fromMs),
      to: toInstant(span.toMs),
      at: toInstant(nowMs),
      devices: devices
        .filter(({ removed, coverage }) => device !== undefined || !removed || hasMatter(coverage))
        .map(({ coverage }) => coverage),
    };
  }

  /**
   * What each of some days came to, over all devices; days that have not begun are left out.
   * @throws InvalidValueError for days in the wrong order, or too many; the signal's reason when it aborts
   */
  async days(
    { from, to, device: only }: { from: string; to: string; device?: string | undefined },
    signal?: AbortSignal,
  ): Promise<DaySum[]> {
    const count = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
    if (count < 1 || count > MOST_DAYS) {
      throw new InvalidValueError('to', 'expected a day at or after `from`, 31 in all at most');
    }
    const { timezone } = this.#options.station();
    const sums: DaySum[] = [];
    for (let index = 0; index < count; index += 1) {
      const day = new Date(Date.parse(from) + index * DAY_MS).toISOString().slice(0, 10);
      const span = dayIn(timezone, day);
      if (span.fromMs > this.#nowMs()) break;
      const sum = { day, scheduledS: 0, recordedS: 0, gaps: 0 };
      for (const device of this.#devicesFor(only)) {
        // A day of a microphone is thousands of rows: others get their turn in between.
        await new Promise((resolve) => setImmediate(resolve));
        signal?.throwIfAborted();
        const recorders = this.#options.recorders();
        const coverage = this.#coverageOf(device, span, this.#nowMs(), recorders);
        sum.scheduledS += coverage.scheduledS;
        sum.recordedS += coverage.recordedS;
        sum.gaps += coverage.gaps.filter(isNotable).length;
      }
      sums.push(sum);
    }
    return sums;
  }

  /**
   * @throws NotFoundError for an unknown device, InvalidValueError for a stretch that is not over or of which what is
   *   known may still change
   */
  async certificate(request: {
    from: string;
    to: string;
    device?: string | undefined;
  }): Promise<Certificate> {
    const { station, stationId, software, clockSynced, bootId: bootOf, key } = this.#options;
    const span = { fromMs: Date.parse(request.from), toMs: Date.parse(request.to) };
    const nowMs = this.#nowMs();
    if (span.toMs <= span.fromMs || span.toMs - span.fromMs > LONGEST_CERTIFICATE_MS) {
      throw new InvalidValueError('to', 'expected an instant after `from`, by two days at most');
    }
    if (span.toMs > nowMs) throw new InvalidValueError('to', 'this time is not over yet');
    const { name, timezone, latitude, longitude } = station();
    const known = this.#devicesFor(request.device);
    // First of all: without the station's own key there is nothing to certify with.
    const privateKey = await key.read();
    const bootId = await bootOf();
    const devices: CertificateBody['devices'] = [];
    for (const device of known) {
      // A night of five microphones takes a while: others get their turn in between.
      await new Promise((resolve) => setImmediate(resolve));
      const pending = this.#pendingOf(device.name, nowMs, this.#options.recorders());
      if ((pending?.fromMs ?? Infinity) < span.toMs) {
        throw new InvalidValueError(
          'to',
          `a segment of ${device.name} from this time is still being written; ask again later`,
        );
      }
      const absent = await this.#absentOf(device.name, span);
      let files = this.#rows.files(device.name, span);
      if (this.#unhashed(files, absent) > 0) {
        await this.#options.hashNow();
        files = this.#rows.files(device.name, span);
      }
      this.#refuseUnsettled(device.name, files, absent, bootId);
      const coverage = this.#coverageOf(device, span, nowMs, this.#options.recorders(), absent);
      // A gap may last; the time that is certified is over.
      const gaps = coverage.gaps.map((gap) => ({ ...gap, to: gap.to ?? request.to }));
      devices.push({
        ...coverage,
        gaps,
        files: files.map((file) => asCertified(file, absent.get(file.recordingId))),
      });
    }
    const certified = devices.filter((one) => request.device !== undefined || hasMatter(one));
    if (certified.length === 0) {
      throw new InvalidValueError(
        'from',
        'nothing was scheduled and nothing is recorded in this time: there is nothing to certify',
      );
    }
    const body: CertificateBody = {
      version: 1,
      station: { id: stationId(), name, latitude, longitude, software },
      from: toInstant(span.fromMs),
      to: toInstant(span.toMs),
      timezone,
      issuedAt: toInstant(nowMs),
      clockSynced: clockSynced(),
      devices: certified,
    };
    return signCertificate(body, privateKey);
  }

  #nowMs(): number {
    return Math.round(this.#options.clock.wallMs());
  }

  #devicesFor(name: string | undefined): (KnownDevice & { readonly removed: boolean })[] {
    const devices = this.#rows.devices();
    if (name === undefined) return devices;
    const found = devices.filter((device) => device.name === name);
    if (found.length === 0) throw new NotFoundError('device', name);
    return found;
  }

  /** @throws InvalidValueError when nobody can tell which files are there */
  async #absentOf(device: string, span: MsSpan): Promise<Map<number, AbsentFile>> {
    this.#refuseWithoutDisk();
    const { dataDir } = this.#options;
    const absent = await absentFiles(dataDir, this.#rows.files(device, span));
    // A disk may go while it is looked at, and a file get its true time and another name.
    this.#refuseWithoutDisk();
    if (absent.size === 0) return absent;
    const again = this.#rows.files(device, span);
    return absentFiles(
      dataDir,
      again.filter(({ recordingId }) => absent.has(recordingId)),
    );
  }

  #refuseWithoutDisk(): void {
    if (this.#options.diskUsable()) return;
    throw new InvalidValueError('to', 'the data disk is missing: nobody can look for the files');
  }

  #coverageOf(
    device: KnownDevice,
    span: MsSpan,
    nowMs: number,
    recorders: readonly RecorderStatus[],
    absent: ReadonlyMap<number, AbsentFile> = new Map(),
  ): DeviceCoverage {
    const recordings = this.#rows.recordings(device.name, span);
    const isGone = ({ id }: RecordingFact): boolean => absent.get(id) === 'missing';
    const gone = recordings.filter(isGone).map((recording) => ({
      ...spanOf(recording),
      reason: 'file_missing' as const,
      detail: '',
    }));
    return coverageOf({
      ...span,
      device: device.name,
      displayName: device.displayName,
      simulated: device.simulated,
      duties: this.#rows.duties(device.name, span),
      dutiesSinceMs: this.#rows.firstDutyMs(device.name),
      recordings: recordings.filter((recording) => !isGone(recording)),
      gaps: [...this.#rows.gaps(device.name, span), ...gone],
      nowMs,
      pending: this.#pendingOf(device.name, nowMs, recorders),
    });
  }

  /** Files of which the hash is still to come. */
  #unhashed(files: readonly FileRow[], absent: ReadonlyMap<number, AbsentFile>): number {
    return files.filter(
      ({ sha256, recordingId }) =>
        sha256 === null && !absent.has(recordingId) && !this.#options.unreadable(recordingId),
    ).length;
  }

  /** What is certified must be true tomorrow, too. @throws InvalidValueError */
  #refuseUnsettled(
    device: string,
    files: readonly FileRow[],
    absent: ReadonlyMap<number, AbsentFile>,
    bootId: string,
  ): void {
    const unhashed = this.#unhashed(files, absent);
    if (unhashed > 0) {
      throw new InvalidValueError(
        'to',
        `${String(unhashed)} files of ${device} are still being hashed; ask again in a moment`,
      );
    }
    const runs = new Set(
      files.flatMap(({ clock, runId }) => (clock === 'not_synchronised' ? (runId ?? []) : [])),
    );
    const open = new Set([...runs].filter((runId) => this.#rows.isProvisional(runId, bootId)));
    const unsettled = files.filter(
      ({ clock, runId }) => clock === 'not_synchronised' && runId !== null && open.has(runId),
    ).length;
    if (unsettled > 0) {
      throw new InvalidValueError(
        'to',
        `the times of ${String(unsettled)} files of ${device} may still be corrected, and the files renamed: wait until the clock is synchronised, or confirm it (station clock confirm)`,
      );
    }
  }

  /** The segment that is being written, and what is closed and not in the database yet. */
  #pendingOf(device: string, nowMs: number, recorders: readonly RecorderStatus[]): MsSpan | null {
    const recorder = recorders.find((one) => one.device === device);
    if (recorder === undefined || recorder.runStartedAt === null || recorder.runId === null) {
      return null;
    }
    const { state, segmentDurationS, lastSegmentAt, lastAudioAt } = recorder;
    if (state === 'idle' || state === 'waiting') return null;
    // What stopped growing is a gap from then on.
    const toMs = state === 'stalled' && lastAudioAt !== null ? Date.parse(lastAudioAt) : nowMs;
    const startMs = Date.parse(recorder.runStartedAt);
    // Whatever lies further back than what was promoted has been judged: it was refused, or lost.
    const backMs =
      lastSegmentAt === null
        ? startMs
        : Date.parse(lastSegmentAt) - 2000 * (segmentDurationS ?? 10) - PROMOTION_MS;
    const since = { fromMs: Math.max(startMs, backMs), toMs };
    if (since.fromMs >= toMs) return null;
    // Segments may reach the database out of order: from the first one that is not there yet. What is known to be lost
    // will never be there.
    const losses = lossesOf(this.#rows.gaps(device, since));
    const indexed = recordedSpans(this.#rows.recordings(device, since), losses);
    const judged = union([...indexed, ...losses]);
    const first = difference([since], judged).find((hole) => hole.toMs - hole.fromMs >= SEAM_MS);
    return first === undefined ? null : { fromMs: first.fromMs, toMs };
  }
}

function asCertified(
  { path, timeMs, durationS, sizeBytes, sha256, clock, recovered }: FileRow,
  absent: AbsentFile | undefined,
): CertificateBody['devices'][number]['files'][number] {
  return {
    path,
    time: toInstant(timeMs),
    durationS,
    sizeBytes,
    sha256,
    clock,
    recovered,
    ...(absent === undefined ? {} : { absent }),
  };
}

function isNotable({ to, seconds }: DeviceCoverage['gaps'][number]): boolean {
  return to === null || seconds >= NOTABLE_S;
}

function hasMatter(coverage: DeviceCoverage): boolean {
  return coverage.scheduledS > 0 || coverage.recordings > 0;
}
