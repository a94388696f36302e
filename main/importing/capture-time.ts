import type { TimeSource } from '@shared/model/import';
import type { SoundMetadata } from '../wav/metadata';
import { fileNameTime } from './file-name-time';
import { offsetOf, type ToldTime, toldTime, zonedTime } from './local-time';

/** When a recording began, and how that is known. */
export interface CaptureTime {
  /** UTC milliseconds. */
  readonly utcMs: number;
  readonly source: TimeSource;
  /** The words that it was read from; empty for the file's own time. */
  readonly text: string;
  /** IANA zone by which local time was read; null: it told its own. */
  readonly timezone: string | null;
  /** What a person should know of it, in words; empty: nothing. */
  readonly note: string;
}

export interface TimeFacts {
  readonly metadata: Pick<SoundMetadata, 'guano' | 'bext' | 'comment'>;
  readonly fileName: string;
  /** When the file was last written, UTC milliseconds. */
  readonly modifiedMs: number;
  readonly durationS: number;
  /** IANA zone of times that carry none. */
  readonly timezone: string;
  /** Nothing can have been recorded after this, UTC milliseconds; null: nobody knows what time it is. */
  readonly latestMs: number | null;
}

type Told = ToldTime & { readonly text: string };

/** Nobody recorded what we import before, and a clock that shows less was never set. */
const EARLIEST_MS = Date.UTC(1990, 0);
const LATEST_MS = Date.UTC(2100, 0);

/**
 * The start of a recording by the surest word there is on it. What cannot be, as of a recorder whose clock was never
 * set, is passed over and said. A file's own time is that of its last sample.
 */
export function captureTime(facts: TimeFacts): CaptureTime {
  const { metadata, fileName, modifiedMs, durationS } = facts;
  const latestMs = Math.min(facts.latestMs ?? LATEST_MS, LATEST_MS);
  const sources: [TimeSource, () => Told | null][] = [
    ['guano', () => guanoTime(metadata.guano?.get('Timestamp') ?? '')],
    ['bext', () => bextTime(metadata.bext)],
    ['audiomoth_comment', () => audiomothTime(metadata.comment ?? '')],
    ['file_name', () => fileNameTime(fileName)],
  ];
  const notes: string[] = [];
  for (const [source, read] of sources) {
    const told = read();
    if (told === null) continue;
    const time = placed(told, source, facts.timezone);
    if (time.utcMs >= EARLIEST_MS && time.utcMs < latestMs) {
      return { ...time, note: [...notes, time.note].filter((note) => note !== '').join('; ') };
    }
    const lies = time.utcMs < latestMs ? '' : 'it lies in the future: ';
    notes.push(`the time in ${WORDS[source]} cannot be right (${lies}${told.text})`);
  }
  const utcMs = Math.round(modifiedMs - durationS * 1000);
  const doubt = utcMs < latestMs ? '' : ', which lies in the future';
  const note = [
    ...notes,
    `nothing in the file tells its time: taken from when it was last written${doubt}`,
  ];
  return { utcMs, source: 'file_time', text: '', timezone: null, note: note.join('; ') };
}

const WORDS: Readonly<Record<TimeSource, string>> = {
  guano: 'its GUANO metadata',
  bext: 'its broadcast metadata',
  audiomoth_comment: 'its AudioMoth comment',
  file_name: 'its name',
  file_time: 'the file system',
};

function placed(told: Told, source: TimeSource, timezone: string): CaptureTime {
  const { localMs, offsetMs, text } = told;
  if (offsetMs !== null) {
    return { utcMs: localMs - offsetMs, source, text, timezone: null, note: '' };
  }
  const { utcMs, doubt } = zonedTime(localMs, timezone);
  const notes = {
    twice: `clocks in ${timezone} showed ${text} twice: the earlier is taken`,
    skipped: `clocks in ${timezone} never showed ${text}: they were set forward`,
  };
  return { utcMs, source, text, timezone, note: doubt === null ? '' : notes[doubt] };
}

const ISO =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})[T ](?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})(?:[.,](?<fraction>\d+))?\s*(?<zone>Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** ISO 8601, with an offset or without. Source: guano-md.org. */
function guanoTime(text: string): Told | null {
  return told(ISO.exec(text.trim()));
}

/** EBU Tech 3285: any of `-_:. ` between the numbers; no zone. */
function bextTime(bext: SoundMetadata['bext']): Told | null {
  if (bext === null) return null;
  const date = /^(?<year>\d{4})[-_:. ](?<month>\d{2})[-_:. ](?<day>\d{2})$/;
  const time = /^(?<hour>\d{2})[-_:. ](?<minute>\d{2})[-_:. ](?<second>\d{2})$/;
  const both = new RegExp(`${date.source.slice(0, -1)} ${time.source.slice(1)}`);
  return told(both.exec(`${bext.originationDate.trim()} ${bext.originationTime.trim()}`));
}

/** `Recorded at 20:30:00 15/08/2021 (UTC+2) by AudioMoth …`; firmware before 1.0.1 names no zone and means UTC. */
const AUDIOMOTH =
  /(?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})(?:\.(?<fraction>\d{3}))? (?<day>\d{2})\/(?<month>\d{2})\/(?<year>\d{4})(?: \(UTC(?<zone>[^)]*)\))? by AudioMoth/;

function audiomothTime(comment: string): Told | null {
  const match = AUDIOMOTH.exec(comment);
  const zone = match?.groups?.['zone'] ?? '';
  return told(match, zone === '' ? 0 : offsetOf(zone));
}

function told(
  match: RegExpExecArray | null,
  offsetMs = match?.groups?.['zone'] === undefined ? null : offsetOf(match.groups['zone']),
): Told | null {
  const groups = match?.groups;
  if (match === null || groups === undefined) return null;
  const number = (name: string): number => Number(groups[name]);
  const time = toldTime(
    {
      year: number('year'),
      month: number('month'),
      day: number('day'),
      hour: number('hour'),
      minute: number('minute'),
      second: number('second'),
      ms: Math.floor(Number(`0.${groups['fraction'] ?? '0'}`) * 1000),
    },
    offsetMs,
  );
  return time === null ? null : { ...time, text: match[0] };
}
