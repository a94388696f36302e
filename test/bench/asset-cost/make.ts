// Makes waveform and spectrogram of one WAV file again and again, as the console does. A program of its own, so that
// the CPU time of the process is theirs. Usage: make.ts FILE TIMES FOLDER
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AssetThread } from '@main/analysis/asset-thread';
import { inspectWav } from '@main/wav/inspect';

const [file = '', times = '1', folder = ''] = process.argv.slice(2);
const { channels, dataOffset, frames, sampleRateHz, sampleType } = await inspectWav(file);
const layout = {
  offset: dataOffset,
  frames,
  channels,
  containerBytes: 2,
  sampleType,
  sampleRateHz,
} as const;
const thread = new AssetThread(
  pathToFileURL(resolve(import.meta.dirname, '../../../main/analysis/asset-worker.ts')),
);
mkdirSync(folder, { recursive: true });
const make = async (kind: 'peaks' | 'spectrogram'): Promise<{ cpuMs: number; bytes: number }> => {
  const before = process.cpuUsage();
  const bytes = await thread.make({ kind, source: file, layout, target: join(folder, kind) });
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, bytes };
};
// A thread starts once in the life of a console, and compiles what it does often.
await make('peaks');
await make('spectrogram');
const results = [];
for (let time = 0; time < Number(times); time++) {
  results.push({ peaks: await make('peaks'), spectrogram: await make('spectrogram') });
}
await thread.close();
process.stdout.write(JSON.stringify(results));
