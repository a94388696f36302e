import type { UpdateStatus } from '@shared/model/update';

/** What the station knows of updates; the Electron shell brings the real one. */
export interface Updater {
  status(): UpdateStatus;
  /** Asks the feed. Never throws: a failure is a status. */
  check(): Promise<UpdateStatus>;
}

/** For builds that cannot replace themselves: headless, or run from source. */
export function unsupportedUpdater(currentVersion: string): Updater {
  const status: UpdateStatus = {
    currentVersion,
    state: 'unsupported',
    availableVersion: null,
    checkedAt: null,
    error: null,
  };
  return { status: () => status, check: () => Promise.resolve(status) };
}
