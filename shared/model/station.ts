import { z } from 'zod';
import { recorderStatusSchema } from './recorder';
import { instantSchema } from './time';

export const serviceStateSchema = z.enum(['starting', 'ok', 'degraded', 'failed', 'stopped']);
export type ServiceState = z.infer<typeof serviceStateSchema>;

export const serviceStatusSchema = z.strictObject({
  name: z.string(),
  state: serviceStateSchema,
  /** One English sentence; empty when there is nothing to say. */
  details: z.string(),
  counters: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
});
export type ServiceStatus = z.infer<typeof serviceStatusSchema>;

export const hostStatusSchema = z.strictObject({
  /** Percent busy per core since the last snapshot; empty until two samples exist. */
  cpuPercentPerCore: z.array(z.number().min(0).max(100)),
  temperatureC: z.number().nullable(),
  memoryUsedBytes: z.number().int().min(0),
  memoryTotalBytes: z.number().int().min(0),
  /** The disk that holds the data folder; null when it cannot be read. */
  dataDisk: z
    .strictObject({
      totalBytes: z.number().int().min(0),
      freeBytes: z.number().int().min(0),
      usedPercent: z.number().min(0).max(100),
      inodesUsedPercent: z.number().min(0).max(100).nullable(),
    })
    .nullable(),
});
export type HostStatus = z.infer<typeof hostStatusSchema>;

export const alertSchema = z.strictObject({
  id: z.number().int().min(1),
  /** Closed list in the page's text table, e.g. `database.restored`. */
  code: z.string(),
  level: z.enum(['info', 'warning', 'critical']),
  since: instantSchema,
  subject: z.string().nullable(),
  evidence: z.string(),
});
export type Alert = z.infer<typeof alertSchema>;

/** An alert as the history keeps it. */
export const pastAlertSchema = alertSchema.extend({ clearedAt: instantSchema.nullable() });
export type PastAlert = z.infer<typeof pastAlertSchema>;

/** Can the station write where its recordings belong? */
export const dataDiskStateSchema = z.enum([
  'ok',
  'missing',
  'read_only',
  'full',
  'no_inodes',
  'failed',
]);
export type DataDiskState = z.infer<typeof dataDiskStateSchema>;

export const stationSnapshotSchema = z.strictObject({
  at: instantSchema,
  station: z.strictObject({
    name: z.string(),
    version: z.string(),
    dataDir: z.string(),
    /** False when the answer comes from the data folder alone, with no console running on it. */
    running: z.boolean(),
    shell: z.enum(['window', 'headless', 'none']),
    demo: z.boolean(),
    startedAt: instantSchema.nullable(),
    /**
     * While none runs: how the last console ended, and when it last gave a sign of life; null: one runs, or none ever
     * did. `unknown`: an older copy of the database took its place since.
     */
    lastConsole: z
      .strictObject({
        end: z.enum(['stopped', 'killed', 'lost_power', 'unknown']),
        at: instantSchema,
      })
      .nullable(),
    uptimeS: z.number().min(0),
    timezone: z.string(),
    language: z.enum(['en', 'de']),
    /** Is the system clock synchronised? null: this system does not tell. */
    clockSynced: z.boolean().nullable(),
  }),
  recorders: z.array(recorderStatusSchema),
  services: z.array(serviceStatusSchema),
  /** `detail` is one English sentence; empty while all is well. */
  dataDisk: z.strictObject({ state: dataDiskStateSchema, detail: z.string() }),
  host: hostStatusSchema,
  recordings: z.strictObject({
    total: z.number().int().min(0),
    lastIndexedAt: instantSchema.nullable(),
  }),
  alerts: z.array(alertSchema),
});
export type StationSnapshot = z.infer<typeof stationSnapshotSchema>;

/** Says only what changed; the reader asks again. */
export const changeTopicSchema = z.enum([
  'devices',
  'recordings',
  'profiles',
  'settings',
  'alerts',
  'coverage',
  'imports', // one began, or came to its end or to a rest
  'assets', // a waveform or picture that somebody waits for is there, or failed
  'remotes', // one was added, changed, paused or removed, or is in another state
  'uploads', // attempts were made
  'janitor', // its mode changed, or it deleted something
]);
export type ChangeTopic = z.infer<typeof changeTopicSchema>;
export const changeSchema = z.strictObject({ topic: changeTopicSchema });
