import type { Guano } from './guano-text';
import { guanoTimestamp } from './guano-timestamp';

/** What the metadata of a segment are made of. */
export interface SegmentFacts {
  readonly device: {
    /** The stable identity. */
    readonly name: string;
    readonly displayName: string;
    readonly make: string | null;
    readonly model: string | null;
    readonly serial: string | null;
    readonly simulated: boolean;
  };
  readonly station: {
    readonly id: string;
    readonly name: string;
    /** Degrees, WGS 84; null: not known. */
    readonly latitude: number | null;
    readonly longitude: number | null;
    /** IANA name, e.g. `Europe/Berlin`. */
    readonly timezone: string;
    /** Of the console. */
    readonly version: string;
  };
  readonly segment: {
    /** UTC milliseconds. */
    readonly startMs: number;
    readonly sampleRateHz: number;
    readonly frames: number;
    readonly fileName: string;
    readonly runId: string;
    readonly sequence: number;
    /** Frames of the run before this segment. */
    readonly firstFrame: number;
    /** null: the system does not tell. */
    readonly clockSynced: boolean | null;
    readonly recovered: boolean;
    /** Empty: nothing to say. */
    readonly note?: string;
  };
}

const SIMULATED = 'Simulated microphone';

/** The GUANO fields of one raw segment; what is not known is left out. */
export function segmentGuano({ device, station, segment }: SegmentFacts): Guano {
  const { latitude, longitude } = station;
  const position =
    latitude === null || longitude === null ? '' : `${decimal(latitude)} ${decimal(longitude)}`;
  const fields: [string, string | null | undefined][] = [
    ['GUANO|Version', '1.0'],
    ['Timestamp', guanoTimestamp(segment.startMs, station.timezone)],
    // What other programs show first must not look like real sound.
    ['Make', device.simulated ? '' : device.make],
    ['Model', device.simulated ? SIMULATED : (device.model ?? device.displayName)],
    ['Serial', device.serial],
    ['Samplerate', String(segment.sampleRateHz)],
    ['Length', decimal(segment.frames / segment.sampleRateHz)],
    ['Loc Position', position],
    ['Original Filename', segment.fileName],
    ['Note', noteOf(device.simulated, segment.note)],
    ['Silvasonic|Version', station.version],
    ['Silvasonic|Station', station.name],
    ['Silvasonic|Station ID', station.id],
    ['Silvasonic|Device', device.name],
    ['Silvasonic|Run', segment.runId],
    ['Silvasonic|Sequence', String(segment.sequence)],
    ['Silvasonic|First Frame', String(segment.firstFrame)],
    ['Silvasonic|Clock', clockWord(segment.clockSynced)],
    ['Silvasonic|Recovered', yesNo(segment.recovered)],
    ['Silvasonic|Simulated', yesNo(device.simulated)],
  ];
  return new Map(fields.map(([key, value]) => [key, value ?? '']));
}

function noteOf(simulated: boolean, note = ''): string {
  if (!simulated) return note;
  return `${SIMULATED}: made by a computer, no microphone recorded this.${note === '' ? '' : ` ${note}`}`;
}

function clockWord(synced: boolean | null): string {
  if (synced === null) return 'unknown';
  return synced ? 'synchronised' : 'unsynchronised';
}

function yesNo(is: boolean): string {
  return is ? 'yes' : 'no';
}

/** Six decimals at most (a microsecond, a tenth of a metre), never an exponent. */
function decimal(value: number): string {
  const text = value.toFixed(6).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}
