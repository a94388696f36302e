import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { carryOut } from '@main/cli/program';
import type { Installation } from '@main/installation';

const root = resolve(import.meta.dirname, '../..');

export const INSTALLATION: Installation = {
  resourcesDir: resolve(root, 'resources'),
  migrationsDir: resolve(root, 'main/database/migrations'),
  sha256WorkerUrl: pathToFileURL(resolve(root, 'main/indexer/sha256-worker.ts')),
  databaseWorkerUrl: pathToFileURL(resolve(root, 'main/database/database-worker.ts')),
  headWorkerUrl: pathToFileURL(resolve(root, 'main/indexer/head-worker.ts')),
  auditWorkerUrl: pathToFileURL(resolve(root, 'main/indexer/audit-worker.ts')),
  readWorkerUrl: pathToFileURL(resolve(root, 'test/support/read-worker.mjs')),
  assetWorkerUrl: pathToFileURL(resolve(root, 'main/analysis/asset-worker.ts')),
  importWorkerUrl: pathToFileURL(resolve(root, 'test/support/import-worker.mjs')),
  version: '0.0.0-test',
};

export interface Said {
  readonly exitCode: number;
  readonly out: string[];
  readonly err: string[];
}

/** Carries out a command line within this process: fast, and every word in hand. */
export async function commandLine(
  args: readonly string[],
  installation: Partial<Installation> = {},
): Promise<Said> {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await carryOut(
    args,
    { ...INSTALLATION, ...installation },
    {
      out: (line) => out.push(line),
      err: (line) => err.push(line),
    },
  );
  return { exitCode, out, err };
}
