import type { Certificate, DayCoverage, DaySum, DeviceCoverage, Gap } from '@shared/model/coverage';
import type { Device } from '@shared/model/device';
import type { Level } from '@shared/model/level';
import type { Schedule } from '@shared/model/schedule';
import { instantOf, startOfDay } from '../../../renderer/app/format/instants';
import { addDays } from '../../../renderer/app/format/days';

const ZONE = 'Europe/Berlin';
type Stretch = readonly [fromMs: number, toMs: number];
const instant = (ms: number): string => new Date(ms).toISOString();
const span = ([from, to]: Stretch) => ({ from: instant(from), to: instant(to) });
const seconds = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, [from, to]) => sum + (to - from) / 1000, 0);

const clock = (day: string, time: string): number => Date.parse(instantOf(day, time, ZONE) ?? day);

/** The sun over Brandenburg in autumn, near enough. */
const SUN: Readonly<Record<string, string>> = {
  nightEnd: '05:44',
  nauticalDawn: '06:22',
  dawn: '07:03',
  sunrise: '07:39',
  sunset: '16:03',
  dusk: '16:40',
  nauticalDusk: '17:20',
  night: '17:59',
};

/** When a schedule records on the days between two instants. */
export function sampleSpans(schedule: Schedule, fromMs: number, toMs: number): Stretch[] {
  if (schedule.kind === 'always') return [[fromMs, toMs]];
  const spans: Stretch[] = [];
  const first = new Date(fromMs - 86_400_000).toISOString().slice(0, 10);
  for (let count = 0; count < (toMs - fromMs) / 86_400_000 + 3; count += 1) {
    const day = addDays(first, count);
    const windows =
      schedule.kind === 'hours'
        ? schedule.windows.map(({ from, to }) => [clock(day, from), clock(day, to)] as const)
        : schedule.windows.map(
            ({ from, to }) =>
              [
                clock(day, SUN[from.event] ?? '12:00') + from.offsetMinutes * 60_000,
                clock(day, SUN[to.event] ?? '12:00') + to.offsetMinutes * 60_000,
              ] as const,
          );
    for (const [from, to] of windows) {
      spans.push([Math.max(from, fromMs), Math.min(to <= from ? to + 86_400_000 : to, toMs)]);
    }
  }
  return spans
    .filter(([from, to]) => to > from)
    .sort(([a], [b]) => a - b)
    .reduce<Stretch[]>((merged, [from, to]) => {
      const last = merged.at(-1);
      if (last === undefined || from > last[1]) return [...merged, [from, to]];
      return [...merged.slice(0, -1), [last[0], Math.max(last[1], to)]];
    }, []);
}

const TROUBLES: readonly (readonly [string, number, Gap['reason'], string])[] = [
  ['01:12', 4, 'restart', 'The configuration changed: profile ultramic_384_evo.'],
  ['03:04', 847, 'unplugged', 'usb 1-1.3: USB disconnect, device number 5'],
  [
    '03:20',
    61,
    'device_busy',
    'hw:CARD=UltraMic,DEV=0: Device or resource busy (pipewire, pid 812)',
  ],
  ['06:41', 0.38, 'overrun', 'ALSA buffer xrun.'],
  ['09:15', 1980, 'power_loss', 'The machine started at 09:47:51 with another boot id.'],
];

function deviceCoverage(
  device: Device,
  fromMs: number,
  toMs: number,
  nowMs: number,
  troubled: boolean,
): DeviceCoverage {
  const scheduled = sampleSpans(device.schedule, fromMs, toMs);
  const judgedTo = Math.min(toMs, nowMs - 12_000);
  const day = new Date(fromMs + 13 * 3_600_000).toISOString().slice(0, 10);
  const gaps: Gap[] = [];
  let recorded = scheduled
    .filter(([from]) => from < judgedTo)
    .map(([from, to]): Stretch => [from, Math.min(to, judgedTo)]);
  const judged = recorded;
  if (troubled) {
    for (const [time, length, reason, detail] of TROUBLES) {
      const from = clock(day, time);
      const to = from + length * 1000;
      if (!recorded.some(([start, end]) => start <= from && to <= end)) continue;
      recorded = recorded.flatMap(([start, end]): Stretch[] =>
        start <= from && to <= end
          ? [
              [start, from],
              [to, end],
            ]
          : [[start, end]],
      );
      gaps.push({
        device: device.name,
        from: instant(from),
        to: instant(to),
        seconds: length,
        reason,
        detail,
      });
    }
  }
  const scheduledS = seconds(judged);
  const recordedS = seconds(recorded);
  return {
    device: device.name,
    displayName: device.displayName,
    simulated: device.kind === 'simulated',
    scheduledS,
    recordedS,
    coverage: scheduledS === 0 ? null : recordedS / scheduledS,
    scheduled: scheduled.map(span),
    recorded: recorded.map(span),
    gaps,
    unsyncedS: troubled ? 640 : 0,
    clockUnknownS: troubled ? 20 : 0,
    recordings: Math.round(recordedS / 10),
  };
}

export function sampleDay(
  day: string,
  devices: readonly Device[],
  timezone: string,
  troubled: boolean,
): DayCoverage {
  const from = startOfDay(day, timezone) ?? instant(0);
  const to = startOfDay(day, timezone, 1) ?? instant(0);
  const nowMs = Date.now();
  return {
    day,
    timezone,
    from,
    to,
    at: instant(nowMs),
    devices: devices
      .filter((device) => device.enrollment === 'enrolled' && !device.ambiguous)
      .map((device, index) =>
        deviceCoverage(device, Date.parse(from), Date.parse(to), nowMs, troubled && index !== 1),
      ),
  };
}

export function sampleCertificate(
  from: string,
  to: string,
  devices: readonly Device[],
  timezone: string,
): Certificate {
  const fromMs = Date.parse(from);
  return {
    version: 1,
    station: {
      id: '5f0c3a52-7f7e-4d0f-9a52-6a2f1d1c9d10',
      name: 'Waldstation Nordhang',
      latitude: 52.8312,
      longitude: 13.9045,
      software: '0.1.0',
    },
    from,
    to,
    timezone,
    issuedAt: new Date().toISOString(),
    clockSynced: true,
    devices: devices.map((device) => {
      const coverage = deviceCoverage(device, fromMs, Date.parse(to), Date.now(), true);
      return {
        ...coverage,
        files: Array.from({ length: 120 }, (_, index) => {
          const time = instant(fromMs + index * 10_000);
          return {
            path: `recorder/${device.workspace}/data/raw/${time.slice(0, 19).replaceAll(':', '-')}Z_10s_a1b2c3d4_${String(index).padStart(8, '0')}.wav`,
            time,
            durationS: 10,
            sizeBytes: 7_680_044,
            sha256: index === 119 ? null : 'c0ffee'.repeat(11).slice(0, 64),
            clock: index < 3 ? 'not_synchronised' : index < 5 ? 'unknown' : 'synchronised',
            recovered: index === 50,
          };
        }),
      };
    }),
    signature: {
      algorithm: 'Ed25519',
      publicKey: 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=',
      value: 'dG90YWxseSBub3QgYSByZWFsIHNpZ25hdHVyZSwganVzdCBhIHBpY3R1cmUgb2Ygb25lLi4uLi4uLi4uLg==',
    },
  };
}

/** A level that moves, and clips now and then. */
export function sampleLevel(device: string, channels: number, turn: number): Level {
  const rms = -44 + 14 * Math.sin(turn / 9) + 4 * Math.sin(turn / 2.3);
  const peak = turn % 90 < 2 ? 0 : Math.min(-1, rms + 12 + 3 * Math.sin(turn));
  return {
    device,
    at: new Date().toISOString(),
    channels: Array.from({ length: channels }, (_, channel) => ({
      peakDbfs: peak - channel * (peak === 0 ? 0 : 3),
      rmsDbfs: Math.max(-120, rms - channel * 3),
    })),
  };
}

/** Days of a month: something is missing on a few of them. */
export function sampleSums(from: string, to: string, devices: number, isBad: boolean): DaySum[] {
  const today = new Date().toISOString().slice(0, 10);
  const sums: DaySum[] = [];
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += 86_400_000) {
    const day = new Date(ms).toISOString().slice(0, 10);
    if (day > today) break;
    const gaps = isBad && Number(day.slice(8)) % 5 === 0 ? 2 : 0;
    const scheduledS = devices * 86_400;
    sums.push({ day, scheduledS, recordedS: scheduledS * (gaps > 0 ? 0.97 : 1), gaps });
  }
  return sums;
}
