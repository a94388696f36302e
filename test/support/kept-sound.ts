import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Stream } from '@shared/model/recording';
import { parseSegmentName } from '@main/files/segment-name';
import { readSamples } from './wav-samples';

/** All that was kept of one run of a microphone, in order. */
export interface KeptRun {
  readonly runId: string;
  /** Of its files, as their names say. */
  readonly sequences: readonly number[];
  /** Start of each file as its name says, UTC milliseconds. */
  readonly starts: readonly number[];
  /** Their sound, joined. */
  readonly audio: Buffer;
}

/** What lies in `data/` of a workspace, run by run, the oldest first. Every file must be whole. */
export async function keptRuns(
  dataDir: string,
  workspace: string,
  stream: Stream = 'raw',
): Promise<KeptRun[]> {
  const folder = join(dataDir, 'recorder', workspace, 'data', stream);
  const runs = new Map<string, { sequence: number; startMs: number; audio: Buffer }[]>();
  for (const name of readdirSync(folder)) {
    const parsed = parseSegmentName(name);
    if (parsed === null) throw new Error(`a stranger in ${stream}: ${name}`);
    const { info, audio } = await readSamples(join(folder, name));
    if (info.state !== 'whole') throw new Error(`${name} is ${info.state}`);
    const { runId, sequence, startMs } = parsed;
    runs.set(runId, [...(runs.get(runId) ?? []), { sequence, startMs, audio }]);
  }
  return [...runs]
    .map(([runId, parts]) => {
      const sorted = parts.sort((a, b) => a.sequence - b.sequence);
      return {
        runId,
        sequences: sorted.map(({ sequence }) => sequence),
        starts: sorted.map(({ startMs }) => startMs),
        audio: Buffer.concat(sorted.map(({ audio }) => audio)),
      };
    })
    .sort((a, b) => (a.starts[0] ?? 0) - (b.starts[0] ?? 0));
}
