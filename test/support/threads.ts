import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { THREADS } from '../../scripts/threads.mjs';

/** Set by `build-threads.ts`; processes that tests start inherit it. */
const FOLDER = 'SILVASONIC_TEST_THREADS';

/** Where a thread of the main process lies as it is shipped. */
export function threadUrl(name: keyof typeof THREADS): URL {
  const folder = process.env[FOLDER];
  if (folder === undefined) throw new Error(`${FOLDER} is not set: the threads were not built`);
  return pathToFileURL(join(folder, `${name}.mjs`));
}

/** All that a station is given. */
export const threadUrls = () => ({
  sha256WorkerUrl: threadUrl('sha256-worker'),
  databaseWorkerUrl: threadUrl('database-worker'),
  headWorkerUrl: threadUrl('head-worker'),
  auditWorkerUrl: threadUrl('audit-worker'),
  readWorkerUrl: threadUrl('read-worker'),
  assetWorkerUrl: threadUrl('asset-worker'),
  importWorkerUrl: threadUrl('import-worker'),
  janitorWorkerUrl: threadUrl('janitor-worker'),
});
