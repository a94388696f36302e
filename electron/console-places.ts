import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where the built console's own files lie, in a clone as in a package. */
export interface ConsolePlaces {
  readonly pageDir: string;
  readonly preload: string;
  readonly resourcesDir: string;
  readonly migrationsDir: string;
  readonly sha256WorkerUrl: URL;
}

/** @param mainDir the folder of the built main script: `<root>/out/main` */
export function consolePlaces(mainDir: string): ConsolePlaces {
  const root = join(mainDir, '..', '..');
  return {
    pageDir: join(root, 'out', 'renderer'),
    preload: join(root, 'out', 'preload', 'index.cjs'),
    resourcesDir: join(root, 'resources'),
    migrationsDir: join(root, 'main', 'database', 'migrations'),
    sha256WorkerUrl: pathToFileURL(join(mainDir, 'sha256-worker.mjs')),
  };
}
