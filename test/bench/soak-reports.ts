import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { headlessProgram } from './headless-station.ts';
import type { ReportedGap } from './soak-accounts.ts';

const DAY_MS = 86_400_000;

/** What the station itself says that it lost, asked on the command line as a person would. */
export function reportedGaps(
  dataDir: string,
  device: string,
  env: NodeJS.ProcessEnv,
): ReportedGap[] {
  const days = daysRecorded(dataDir);
  return days.flatMap((day) => {
    const text = execFileSync(
      process.execPath,
      [headlessProgram, 'coverage', '--day', day, '--device', device, '--json', '--data', dataDir],
      { env, encoding: 'utf8' },
    );
    const { at, devices } = JSON.parse(text) as {
      at: string;
      devices: { gaps: { from: string; to: string | null; reason: string }[] }[];
    };
    return devices.flatMap(({ gaps }) =>
      gaps.map(({ from, to, reason }) => ({
        fromMs: Date.parse(from),
        toMs: Date.parse(to ?? at),
        reason,
      })),
    );
  });
}

/** Every raw file that the database knows, relative to the data folder. */
export function recordedPaths(dataDir: string): string[] {
  return ask<{ path: string }>(
    dataDir,
    'select raw_path as path from recordings where raw_path is not null',
  ).map(({ path }) => path);
}

/** A new station counts its days in UTC. */
function daysRecorded(dataDir: string): string[] {
  const [range] = ask<{ least: number; most: number }>(
    dataDir,
    'select min(time_ms) as least, max(time_ms) as most from recordings',
  );
  if (range === undefined) return [];
  const days: string[] = [];
  // The day before too: a wrong clock may have left something there.
  for (
    let at = Math.floor(range.least / DAY_MS) - 1;
    at <= Math.floor(range.most / DAY_MS);
    at += 1
  ) {
    days.push(new Date(at * DAY_MS).toISOString().slice(0, 10));
  }
  return days;
}

function ask<Row>(dataDir: string, query: string): Row[] {
  const sqlite = new Database(join(dataDir, 'station.db'), { readonly: true });
  try {
    return sqlite.prepare<[], Row>(query).all();
  } finally {
    sqlite.close();
  }
}
