import { EventEmitter } from 'node:events';
import type { AssetKind } from '@shared/model/analysis';
import type { ImportState } from '@shared/model/import';
import type { SignalHealth } from '@shared/model/recorder';
import type { Recording } from '@shared/model/recording';
import type { DataDiskState } from '@shared/model/station';
import type { PromotedSegment } from './promoted-segment';
import type {
  CaptureRefused,
  DutyChanged,
  RunAnchored,
  RunEnded,
  SoundFound,
  SoundLost,
} from './run-events';

/** What services tell each other. A lost event costs latency, never correctness. */
export interface StationEvents {
  'segment.promoted': [segment: PromotedSegment];
  'recording.indexed': [recording: Pick<Recording, 'id' | 'device' | 'time' | 'source'>];
  'device.changed': [change: { name: string }];
  'profile.changed': [change: { slug: string }];
  'settings.changed': [change: { keys: readonly string[] }];
  'recorder.changed': [change: { device: string }];
  'run.anchored': [run: RunAnchored];
  'run.ended': [run: RunEnded];
  'capture.refused': [refusal: CaptureRefused];
  'sound.lost': [loss: SoundLost];
  'sound.found': [found: SoundFound];
  'duty.changed': [duty: DutyChanged];
  /** The wall clock jumped against the monotonic one. */
  'clock.stepped': [step: { readonly stepMs: number; readonly atWallMs: number }];
  /** The clock became synchronised, or plausible: times taken before may be wrong. */
  'clock.synced': [at: { readonly atWallMs: number }];
  'recording.retimed': [recording: { readonly id: number }];
  /**
   * People changed what is known of recordings, or put them into the bin or out of it, or removed them for good; or files
   * of theirs were found to be gone, here again, or damaged.
   */
  'recordings.changed': [change: { readonly recordings: number }];
  /** An import began, has found all of its files, or came to its end or to a rest. `imported`: files that are recordings. */
  'import.changed': [
    change: { readonly id: number; readonly state: ImportState; readonly imported: number },
  ];
  /** What the raw file of a device's newest recording sounds like. */
  'signal.measured': [
    measured: { readonly device: string; readonly timeMs: number; readonly signal: SignalHealth },
  ];
  'coverage.changed': [change: { readonly device: string }];
  'data_disk.changed': [change: { readonly state: DataDiskState }];
  /** The same disk is back, but what was opened on it before is lost: the station must be opened anew. */
  'data_disk.replaced': [];
  /** The file of the database is damaged or gone: the station must be opened anew, which puts another in its place. */
  'database.damaged': [damage: { readonly reason: string }];
  /** Every row was compared with its files, every file has its row: nothing was refused. */
  'audit.passed': [counts: { readonly rows: number; readonly markedMissing: number }];
  /** A waveform or picture that somebody waits for is there, or could not be made. */
  'asset.settled': [asset: { readonly recordingId: number; readonly kind: AssetKind }];
  /** A remote was added, changed, paused, resumed or removed, or is in another state. */
  'remote.changed': [change: { readonly slug: string }];
  /** An attempt to upload was made, and written down. */
  'upload.settled': [
    upload: { readonly remote: string; readonly recordingId: number; readonly success: boolean },
  ];
  /** The janitor is in another mode, or deleted something. */
  'janitor.changed': [change: { readonly deleted: number }];
  'alert.changed': [change: { code: string }];
}

export type EventBus = EventEmitter<StationEvents>;

export function createEventBus(): EventBus {
  const bus = new EventEmitter<StationEvents>();
  bus.setMaxListeners(0);
  return bus;
}
