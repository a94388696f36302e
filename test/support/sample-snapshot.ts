import type { StationSnapshot } from '@shared/model/station';

/** A station at rest, as the contract describes it. */
export function sampleSnapshot(changes: Partial<StationSnapshot> = {}): StationSnapshot {
  return {
    at: '2026-05-01T12:00:00.000Z',
    station: {
      name: 'Wald',
      version: '0.1.0',
      dataDir: '/data',
      running: true,
      shell: 'headless',
      demo: false,
      startedAt: '2026-05-01T11:00:00.000Z',
      lastConsole: null,
      uptimeS: 3600,
      timezone: 'UTC',
      language: 'en',
      clockSynced: null,
    },
    recorders: [],
    services: [],
    dataDisk: { state: 'ok', detail: '' },
    host: {
      cpuPercentPerCore: [],
      temperatureC: null,
      memoryUsedBytes: 1,
      memoryTotalBytes: 2,
      dataDisk: null,
    },
    recordings: { total: 0, lastIndexedAt: null },
    alerts: [],
    ...changes,
  };
}
