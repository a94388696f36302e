import type { Alert, ServiceState, StationSnapshot } from '@shared/model/station';
import { dataDiskStateSchema, serviceStateSchema } from '@shared/model/station';
import { type Family, gauge, gauges, states, timestampS } from './family';

const LEVELS: readonly Alert['level'][] = ['info', 'warning', 'critical'];
const CLOCK_STATES = ['synchronised', 'not_synchronised', 'unknown'] as const;

/** The station as a whole: who it is, its clock, its computer, its disk, its services, its alerts. */
export function stationFamilies(snapshot: StationSnapshot): Family[] {
  const { station, services } = snapshot;
  return [
    gauges(
      'silvasonic_station_info',
      'Which station this is.',
      ['name', 'version', 'shell', 'demo'],
      [[[station.name, station.version, station.shell, String(station.demo)], 1]],
    ),
    gauge(
      'silvasonic_station_start_time_seconds',
      'When the console was started, in seconds since 1970.',
      timestampS(station.startedAt),
    ),
    gauge(
      'silvasonic_station_uptime_seconds',
      'For how long the console has been running, by the monotonic clock.',
      station.uptimeS,
    ),
    gauges(
      'silvasonic_clock_state',
      '1 for what the system says of its clock.',
      ['state'],
      states(CLOCK_STATES, clockState(station.clockSynced)),
    ),
    gauges(
      'silvasonic_service_state',
      '1 for the state that a service is in.',
      ['service', 'state'],
      services.flatMap(({ name, state }) =>
        states<ServiceState>(serviceStateSchema.options, state, [name]),
      ),
    ),
    gauge('silvasonic_recordings', 'Recordings in the library.', snapshot.recordings.total),
    ...hostFamilies(snapshot),
    ...alertFamilies(snapshot.alerts),
  ];
}

function clockState(synced: boolean | null): (typeof CLOCK_STATES)[number] {
  if (synced === null) return 'unknown';
  return synced ? 'synchronised' : 'not_synchronised';
}

function hostFamilies({ host, dataDisk }: StationSnapshot): Family[] {
  const disk = host.dataDisk;
  return [
    gauges(
      'silvasonic_host_cpu_busy_ratio',
      'Share of the time since the last scrape in which a core was busy, 0 to 1.',
      ['core'],
      host.cpuPercentPerCore.map((percent, core) => [[String(core)], percent / 100]),
    ),
    gauge(
      'silvasonic_host_temperature_celsius',
      'Temperature of the processor.',
      host.temperatureC,
    ),
    gauge(
      'silvasonic_host_memory_used_bytes',
      'Memory in use, without what is cached.',
      host.memoryUsedBytes,
    ),
    gauge('silvasonic_host_memory_bytes', 'Memory of the computer.', host.memoryTotalBytes),
    gauges(
      'silvasonic_data_disk_state',
      '1 for the state of the disk that holds the recordings.',
      ['state'],
      states(dataDiskStateSchema.options, dataDisk.state),
    ),
    gauge('silvasonic_data_disk_size_bytes', 'Size of the data disk.', disk?.totalBytes),
    gauge(
      'silvasonic_data_disk_free_bytes',
      'What the station may still write on the data disk.',
      disk?.freeBytes,
    ),
    gauge(
      'silvasonic_data_disk_used_ratio',
      'How full the data disk is, as df counts, 0 to 1.',
      ratio(disk?.usedPercent),
    ),
    gauge(
      'silvasonic_data_disk_inodes_used_ratio',
      'Inodes of the data disk in use, 0 to 1; absent where it makes them as it needs them.',
      ratio(disk?.inodesUsedPercent),
    ),
  ];
}

function alertFamilies(alerts: readonly Alert[]): Family[] {
  const byCode = new Map<string, { code: string; level: string; open: number }>();
  for (const { code, level } of alerts) {
    const key = JSON.stringify([code, level]);
    const open = (byCode.get(key)?.open ?? 0) + 1;
    byCode.set(key, { code, level, open });
  }
  return [
    gauges(
      'silvasonic_alerts_open',
      'Alerts that are open now.',
      ['level'],
      LEVELS.map((level) => [[level], alerts.filter((alert) => alert.level === level).length]),
    ),
    gauges(
      'silvasonic_alert_open',
      'Alerts of one code that are open now; absent: none.',
      ['code', 'level'],
      [...byCode.values()].map(({ code, level, open }) => [[code, level], open]),
    ),
    gauges(
      'silvasonic_alert_since_timestamp_seconds',
      'Since when the oldest open alert of a level is open, in seconds since 1970; absent: none is.',
      ['level'],
      LEVELS.map((level) => [
        [level],
        timestampS(alerts.find((alert) => alert.level === level)?.since), // the oldest is first
      ]),
    ),
  ];
}

function ratio(percent: number | null | undefined): number | null {
  return percent === null || percent === undefined ? null : percent / 100;
}
