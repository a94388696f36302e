import { offsetOf, type ToldTime, toldTime } from './local-time';

const DATE = String.raw`(?<year>(?:19|20)\d{2})(?<d>[-._]?)(?<month>\d{2})\k<d>(?<day>\d{2})`;
const TIME = String.raw`(?<hour>\d{2})(?<t>[-._:hH]?)(?<minute>\d{2})(?:[-._:mM]?)(?<second>\d{2})`;
/** After a bare time a minus and four digits are a running number (Batlogger). */
const ZONE = String.raw`(?:[_ ]?\(?(?<zone>Z|\+\d{2}:?\d{2}|(?<=T\d{6}|[_ (])-\d{2}:?\d{2})\)?)?(?!\d)`;

/**
 * Dates and times in file names, as recorders write them. The station's own, AudioMoth (`20210815_203000T.WAV`), Song
 * Meter and Kaleidoscope (`SITE_20210815_203000_000.wav`, `SITE_0+1_20210815_203000.wav`), Batlogger, Swift
 * (`…_20210815_203000_+0200`), Frontier Labs (`20210815T203000+1000_REC`, `20210815_203000(-0700)`), Avisoft (`T2021-08-15_20-30-00_0000001`),
 * Anabat (`2021-08-15 20-30-00`), BatSound (`2021-08-15_20_30_00`), BirdNET-Pi (`…-2021-08-15-birdnet-20:30:00`).
 */
const FULL = new RegExp(
  String.raw`(?<!\d)${DATE}(?:[T_ $-]{1,3}|-birdnet-(?:RTSP_\d+-)?)${TIME}${ZONE}`,
  'i',
);
/** With the zone behind the date: `SITE_20210815+0200_203000`. */
const ZONED_DATE = new RegExp(
  String.raw`(?<!\d)${DATE}(?<zone>[+-]\d{2}:?\d{2})[T_ ]${TIME}(?!\d)`,
);
/** Phones and older firmware: `20210815203000`. */
const BARE = new RegExp(
  String.raw`(?<!\d)(?<year>(?:19|20)\d{2})(?<month>\d{2})(?<day>\d{2})(?<hour>\d{2})(?<minute>\d{2})(?<second>\d{2})(?!\d)`,
);
/** Zoom, Tascam, Olympus: `210815-203000`. */
const SHORT = new RegExp(
  String.raw`(?<!\d)(?<year>\d{2})(?<month>\d{2})(?<day>\d{2})[_-](?<hour>\d{2})(?<minute>\d{2})(?<second>\d{2})(?!\d)`,
);
/** AudioMoth's first firmware: seconds since 1970 in hexadecimal, UTC. */
const HEX = /^(?<hex>[0-9A-F]{8})\.wav$/i;
/** AudioMoth came in 2017; what tells another time is a number of another kind. */
const [HEX_FROM_S, HEX_TO_S] = [1_480_000_000, 2_500_000_000];

/** The time that a file's name tells, and the words that tell it; null: none that we know how to read. */
export function fileNameTime(name: string): (ToldTime & { readonly text: string }) | null {
  const hex = HEX.exec(name)?.groups?.['hex'];
  if (hex !== undefined) {
    const seconds = Number.parseInt(hex, 16);
    if (seconds >= HEX_FROM_S && seconds < HEX_TO_S) {
      return { localMs: seconds * 1000, offsetMs: 0, text: hex };
    }
  }
  return (
    read(FULL.exec(name), 0) ??
    read(ZONED_DATE.exec(name), 0) ??
    read(BARE.exec(name), 0) ??
    read(SHORT.exec(name), 2000)
  );
}

function read(match: RegExpExecArray | null, century: number): ReturnType<typeof fileNameTime> {
  const groups = match?.groups;
  if (match === null || groups === undefined) return null;
  const number = (field: string): number => Number(groups[field]);
  const told = toldTime(
    {
      year: century + number('year'),
      month: number('month'),
      day: number('day'),
      hour: number('hour'),
      minute: number('minute'),
      second: number('second'),
    },
    groups['zone'] === undefined ? null : offsetOf(groups['zone']),
  );
  return told === null ? null : { ...told, text: match[0] };
}
