import { resolve } from 'node:path';
import { carryOut } from '@main/cli/program';
import type { Installation } from '@main/installation';
import { threadUrls } from './threads';

const root = resolve(import.meta.dirname, '../..');

export const INSTALLATION: Installation = {
  resourcesDir: resolve(root, 'resources'),
  migrationsDir: resolve(root, 'main/database/migrations'),
  ...threadUrls(),
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
