import { z } from 'zod';

const hour = z.number().int().min(0).max(23);
const percent = z.number().min(1).max(99);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

export const systemSettingsSchema = z.strictObject({
  station_name: z
    .string()
    .trim()
    .min(1)
    .max(64)
    // eslint-disable-next-line no-control-regex -- control characters are exactly what must not get in
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not contain control characters')
    .default('Silvasonic Station'),
  /** Degrees north; null = unknown. */
  latitude: z.number().min(-90).max(90).nullable().default(null),
  /** Degrees east; null = unknown. */
  longitude: z.number().min(-180).max(180).nullable().default(null),
  /** IANA name. */
  timezone: z
    .string()
    .refine(isTimeZone, 'not an IANA time zone, e.g. "Europe/Berlin"')
    .default('UTC'),
  language: z.enum(['en', 'de']).default('en'),
  max_recorders: z.number().int().min(1).max(16).default(5),
  auto_enrollment: z.boolean().default(true),
});

export const processorSettingsSchema = z
  .strictObject({
    /** Percent of the data disk. */
    janitor_threshold_warning: percent.default(70),
    janitor_threshold_critical: percent.default(80),
    janitor_threshold_emergency: percent.default(90),
    janitor_interval_seconds: z.number().int().min(5).max(3600).default(60),
    janitor_batch_size: z.number().int().min(1).max(10_000).default(50),
    /** Seconds. */
    indexer_poll_interval: z.number().min(0.5).max(3600).default(2),
    max_age_days: z.number().int().min(1).max(36_500).nullable().default(null),
    min_free_gb: z.number().min(0).max(1_000_000).nullable().default(null),
    delete_after_upload: z.boolean().default(false),
  })
  .refine(
    (p) =>
      p.janitor_threshold_warning < p.janitor_threshold_critical &&
      p.janitor_threshold_critical < p.janitor_threshold_emergency,
    {
      message: 'the three thresholds must rise: warning < critical < emergency',
      path: ['janitor_threshold_critical'],
    },
  );

export const librarySettingsSchema = z.strictObject({
  /** Read everything again, slowly, and compare it with its hashes. */
  integrity_enabled: z.boolean().default(true),
  /** MB/s at most. */
  integrity_rate_mb: z.number().min(0.1).max(1000).default(5),
  /** Days after which a file is read again. */
  integrity_interval_days: z.number().int().min(1).max(3650).default(90),
  /** Days that the bin keeps what was discarded before the station purges it by itself; null = for ever. */
  bin_days: z.number().int().min(1).max(3650).nullable().default(null),
  /** MB of waveforms and spectrograms; the least recently seen go first and are made again when wanted. */
  derived_assets_mb: z.number().int().min(10).max(1_000_000).default(2000),
});

export const analysisSettingsSchema = z.strictObject({
  peaks_enabled: z.boolean().default(true),
  spectrogram_enabled: z.boolean().default(true),
  custom_enabled: z.boolean().default(false),
  /** Program and arguments; `{file}` is the WAV. Prints JSON. null = none. */
  custom_command: z
    .string()
    .trim()
    .min(1)
    .max(1000)
    .refine((command) => command.includes('{file}'), 'must contain {file}, the recording’s place')
    .nullable()
    .default(null),
  /** A new version analyses everything again. */
  custom_version: z.string().trim().min(1).max(64).default('1'),
  /** Seconds per recording. */
  custom_timeout: z.number().int().min(1).max(3600).default(120),
  custom_stream: z.enum(['raw', 'processed']).default('raw'),
});

export const historySettingsSchema = z.strictObject({
  /** Days that cleared alerts, gaps and import reports are kept; null = for ever. */
  alerts_days: z.number().int().min(1).max(36_500).nullable().default(365),
  gaps_days: z.number().int().min(1).max(36_500).nullable().default(1825),
  imports_days: z.number().int().min(1).max(36_500).nullable().default(365),
  /** Hours between backups of the database. */
  backup_interval_hours: z.number().int().min(1).max(720).default(24),
  backups_kept: z.number().int().min(1).max(100).default(7),
});

export const cloudSyncSettingsSchema = z.strictObject({
  enabled: z.boolean().default(false),
  /** Seconds. */
  poll_interval: z.number().min(1).max(3600).default(30),
  /** rclone's notation, e.g. `1M`; null = unlimited. */
  bandwidth_limit: z
    .string()
    .regex(/^\d+(\.\d+)?[BKMG]?$/, 'expected a number with B, K, M or G, e.g. "1M"')
    .nullable()
    .default(null),
  /** Local hours; both null = always. */
  schedule_start_hour: hour.nullable().default(null),
  schedule_end_hour: hour.nullable().default(null),
  max_uploaders: z.number().int().min(1).max(16).default(3),
});

export const monitoringSettingsSchema = z.strictObject({
  /** Metrics for Prometheus, on this computer alone. */
  metrics_enabled: z.boolean().default(false),
  /** Of TCP, on the loopback address. */
  metrics_port: z.number().int().min(1024).max(65_535).default(9580),
});

export const displaySettingsSchema = z.strictObject({
  kiosk: z.boolean().default(false),
  theme: z.enum(['auto', 'light', 'dark']).default('auto'),
  idle_lock_minutes: z.number().int().min(1).max(1440).nullable().default(null),
  /** Percent. */
  brightness: z.number().int().min(5).max(100).default(100),
});

export const updateSettingsSchema = z.strictObject({
  channel: z.enum(['latest', 'beta']).default('latest'),
  automatic: z.boolean().default(false),
  /** Base address of a generic electron-updater feed; null = none configured. */
  feed_url: z
    .string()
    .refine(isHttpUrl, 'expected an http:// or https:// address')
    .nullable()
    .default(null),
  window_start_hour: hour.nullable().default(null),
  window_end_hour: hour.nullable().default(null),
});

/** Every setting, with its default. `resources/defaults.yml` says the same; a test holds the two together. */
export const settingsSchema = z.strictObject({
  system: systemSettingsSchema.prefault({}),
  processor: processorSettingsSchema.prefault({}),
  library: librarySettingsSchema.prefault({}),
  analysis: analysisSettingsSchema.prefault({}),
  history: historySettingsSchema.prefault({}),
  cloud_sync: cloudSyncSettingsSchema.prefault({}),
  monitoring: monitoringSettingsSchema.prefault({}),
  display: displaySettingsSchema.prefault({}),
  updates: updateSettingsSchema.prefault({}),
});
export type Settings = z.infer<typeof settingsSchema>;
export type SettingsSection = keyof Settings;

/** `<section>.<key>`, e.g. `system.station_name`. */
export const settingKeySchema = z
  .string()
  .regex(/^[a-z_]+\.[a-z_]+$/, 'expected section.key, e.g. "system.station_name"');
