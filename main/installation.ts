import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where the station's own files lie, in a clone as in a package. */
export interface Installation {
  readonly resourcesDir: string;
  readonly migrationsDir: string;
  readonly sha256WorkerUrl: URL;
  readonly databaseWorkerUrl: URL;
  readonly headWorkerUrl: URL;
  readonly auditWorkerUrl: URL;
  readonly readWorkerUrl: URL;
  readonly assetWorkerUrl: URL;
  readonly importWorkerUrl: URL;
  readonly janitorWorkerUrl: URL;
  readonly version: string;
}

/** @param mainDir the folder of the built entry scripts: `<root>/out/main` */
export function installationAt(mainDir: string): Installation {
  const root = join(mainDir, '..', '..');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  return {
    resourcesDir: join(root, 'resources'),
    migrationsDir: join(root, 'main', 'database', 'migrations'),
    sha256WorkerUrl: pathToFileURL(join(mainDir, 'sha256-worker.mjs')),
    databaseWorkerUrl: pathToFileURL(join(mainDir, 'database-worker.mjs')),
    headWorkerUrl: pathToFileURL(join(mainDir, 'head-worker.mjs')),
    auditWorkerUrl: pathToFileURL(join(mainDir, 'audit-worker.mjs')),
    readWorkerUrl: pathToFileURL(join(mainDir, 'read-worker.mjs')),
    assetWorkerUrl: pathToFileURL(join(mainDir, 'asset-worker.mjs')),
    importWorkerUrl: pathToFileURL(join(mainDir, 'import-worker.mjs')),
    janitorWorkerUrl: pathToFileURL(join(mainDir, 'janitor-worker.mjs')),
    version,
  };
}
