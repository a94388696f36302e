import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSegmentName } from '../../main/files/segment-name.ts';
import { rightBytes } from './soak-accounts.ts';

export interface KeptSound {
  readonly files: number;
  /** Frames of each capture (16 bit, mono), and its process. */
  readonly runs: readonly { readonly pid: number; readonly frames: number }[];
  /** Sentences on what is not as it was heard; empty when each run is the signal from its first sample on. */
  readonly faults: readonly string[];
}

/** All raw recordings of a workspace, held against what the microphone played to each of its readers. */
export function checkKeptSound(workspace: string, heard: Buffer): KeptSound {
  const folder = join(workspace, 'data', 'raw');
  const runs = new Map<string, { sequence: number; path: string }[]>();
  const faults: string[] = [];
  const names = readdirSync(folder);
  for (const name of names) {
    const parsed = parseSegmentName(name);
    if (parsed === null) {
      faults.push(`${name} is no recording`);
      continue;
    }
    const { runId, sequence } = parsed;
    runs.set(runId, [...(runs.get(runId) ?? []), { sequence, path: join(folder, name) }]);
  }
  const kept: { pid: number; frames: number }[] = [];
  for (const [runId, files] of runs) {
    files.sort((a, b) => a.sequence - b.sequence);
    const odd = files.findIndex(({ sequence }, i) => sequence !== i);
    if (odd >= 0) faults.push(`run ${runId}: segment ${String(odd)} is missing or there twice`);
    let length = 0;
    let right = 0;
    for (const { path } of files) {
      const sound = audioOf(readFileSync(path));
      // Whoever was wrong before stays so: only what follows on without a break counts.
      if (right === length) right += rightBytes(sound, heard, length);
      length += sound.length;
    }
    if (right !== length) faults.push(`run ${runId}: not as heard from byte ${String(right)} on`);
    kept.push({ pid: pidOf(workspace, runId), frames: length / 2 });
  }
  return { files: names.length, runs: kept, faults };
}

/** The audio of a WAV file in memory, by a walk of our own: what is checked is not what checks. */
function audioOf(file: Buffer): Buffer {
  for (let at = 12; at + 8 <= file.length;) {
    const size = file.readUInt32LE(at + 4);
    if (file.toString('latin1', at, at + 4) === 'data') {
      return file.subarray(at + 8, Math.min(file.length, at + 8 + size));
    }
    at += 8 + size + (size % 2);
  }
  return Buffer.alloc(0);
}

function pidOf(workspace: string, runId: string): number {
  const file = join(workspace, 'runs', runId, 'run.json');
  const { process } = JSON.parse(readFileSync(file, 'utf8')) as { process: { pid: number } | null };
  return process?.pid ?? -1;
}
