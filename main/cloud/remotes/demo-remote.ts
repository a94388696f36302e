import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Remotes } from './remotes';

/** A folder beside the data folder of a demonstration, as its cloud. Safe to repeat. */
export async function ensureDemoRemote(
  remotes: Pick<Remotes, 'all' | 'add'>,
  dataRoot: string,
): Promise<void> {
  if (remotes.all().length > 0) return;
  const path = join(dirname(dataRoot), 'cloud');
  await mkdir(path, { recursive: true });
  await remotes.add(
    {
      draft: {
        name: 'Demo folder',
        type: 'local',
        options: { path },
        basePath: 'silvasonic',
        bandwidthLimit: null,
        window: null,
      },
      secrets: {},
    },
    'station',
  );
}
