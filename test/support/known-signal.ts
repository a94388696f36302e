import { execFileSync } from 'node:child_process';
import { simulatedSignal } from '@main/recorder/capture-command';

const rendered = new Map<string, Buffer>();

/** The very samples (S16LE, mono) that a simulated sweep microphone plays, rendered without a clock, once. Not to be written to. */
export function knownSignal(rateHz: number, seconds: number): Buffer {
  const key = `${String(rateHz)} ${String(seconds)}`;
  const known = rendered.get(key);
  if (known !== undefined) return known;
  const samples = execFileSync(
    'ffmpeg',
    [
      ...['-v', 'error', '-f', 'lavfi', '-i', simulatedSignal({ type: 'sweep' }, rateHz, 1)],
      ...['-t', String(seconds), '-c:a', 'pcm_s16le', '-f', 's16le', 'pipe:1'],
    ],
    { maxBuffer: 512 * 1024 * 1024 },
  );
  rendered.set(key, samples);
  return samples;
}
