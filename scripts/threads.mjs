/** The programs that run in threads of the main process: the name of each where it is built, and its source. */
export const THREADS = {
  'sha256-worker': 'main/indexer/sha256-worker.ts',
  'database-worker': 'main/database/database-worker.ts',
  'read-worker': 'main/recordings/read-worker.ts',
  'head-worker': 'main/indexer/head-worker.ts',
  'audit-worker': 'main/indexer/audit-worker.ts',
  'asset-worker': 'main/analysis/asset-worker.ts',
  'import-worker': 'main/importing/import-worker.ts',
  'janitor-worker': 'main/janitor/janitor-worker.ts',
};
