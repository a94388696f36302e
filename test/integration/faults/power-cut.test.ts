import {
  cpSync,
  existsSync,
  globSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import type { Stream } from '@shared/model/recording';
import { parseSegmentName } from '@main/files/segment-name';
import { recordingFolder } from '../../support/captures';
import { profileOf } from '../../support/profile';
import { statusWhen } from '../../support/short-recorder';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation } from '../../support/test-station';
import { readSamples } from '../../support/wav-samples';
import { randomNumbers } from '../../support/random-numbers';

const COPIES = 20;
/** Stations that come up at a time: each of them mostly waits. */
const AT_A_TIME = 4;
const PAGE = 4096;
const STREAMS = ['raw', 'processed'] as const;

/** The disk as it is at this moment. Nothing of ours runs meanwhile; the captures go on writing. */
function copyOfNow(dataDir: string): string {
  const copy = temporaryFolder();
  const from = join(dataDir, 'recorder');
  // What is promoted first: a file that moves between two steps must not be there twice.
  for (const name of readdirSync(from)) {
    for (const part of ['data', '.buffer', 'runs', 'quarantine']) {
      const path = join(from, name, part);
      if (existsSync(path)) cpSync(path, join(copy, 'recorder', name, part), { recursive: true });
    }
  }
  return copy;
}

/** Sound of one file that must be found again. */
interface Sound {
  readonly stream: Stream;
  readonly workspace: string;
  /** `<run>_<sequence>` */
  readonly segment: string;
  readonly frames: Buffer;
  /** Nothing of it was damaged: it lies in `data/` already. */
  readonly promoted: boolean;
}

/** Whole frames behind the header, as far as the header promises them. */
function framesIn(bytes: Buffer, header: { offset: number; declared: number }): Buffer {
  const known = header.declared !== 0 && header.declared !== 0xffffffff;
  const rest = bytes.subarray(header.offset);
  const audio = known ? rest.subarray(0, header.declared) : rest;
  return audio.subarray(0, audio.length - (audio.length % 2));
}

function headerOf(bytes: Buffer): { offset: number; declared: number } | null {
  const at = bytes.indexOf('data', 12, 'latin1');
  if (at < 0 || at > 200 || bytes.length < at + 8) return null;
  return { offset: at + 8, declared: bytes.readUInt32LE(at + 4) };
}

/** Loses what a power cut may lose: the ends of files, pages of them, whatever was not forced to the disk. */
function cutPower(copy: string, random: (below: number) => number): Sound[] {
  const sounds: Sound[] = [];
  for (const file of globSync(join(copy, 'recorder/*/.buffer/{raw,processed}/*.wav')).sort()) {
    const header = headerOf(readFileSync(file));
    const { size } = statSync(file);
    const kind = random(5);
    if (kind === 1 || kind === 2) truncateSync(file, random(size + 1));
    if (kind === 3) zeros(file, PAGE * random(Math.ceil(size / PAGE) + 1), size);
    if (kind === 4 && random(3) === 0) zeros(file, 0, Math.min(PAGE, size));
    if (header === null) continue;
    const [, workspace, , stream] = file.slice(copy.length + 1).split('/');
    sounds.push({
      stream: stream as Stream,
      workspace: workspace!,
      segment: basename(file, '.wav'),
      frames: framesIn(readFileSync(file), header),
      promoted: false,
    });
  }
  for (const file of globSync(join(copy, 'recorder/*/data/{raw,processed}/*.wav'))) {
    const [, workspace, , stream] = file.slice(copy.length + 1).split('/');
    const bytes = readFileSync(file);
    const parsed = parseSegmentName(basename(file))!;
    sounds.push({
      stream: stream as Stream,
      workspace: workspace!,
      segment: `${parsed.runId}_${String(parsed.sequence).padStart(8, '0')}`,
      frames: framesIn(bytes, headerOf(bytes)!),
      promoted: true,
    });
  }
  for (const file of globSync(join(copy, 'recorder/*/runs/*/*'))) {
    const { size } = statSync(file);
    const name = basename(file);
    if (name === 'run.json') {
      // The machine was started anew since; and now and then the record itself is lost.
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replaceAll(/"bootId": "[^"]+"/g, '"bootId": "another-boot"'));
      if (random(5) === 0) truncateSync(file, random(size));
    } else if (name === 'segments.ndjson') {
      // Forced to the disk line by line: only the last may be cut.
      if (random(2) === 0) truncateSync(file, size - random(Math.min(size, 40)));
    } else if (random(2) === 0) {
      truncateSync(file, random(size + 1));
    }
  }
  return sounds;
}

function zeros(file: string, from: number, to: number): void {
  if (from >= to) return;
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(to - from), 0, to - from, from);
  closeSync(handle);
}

const isSilent = (audio: Buffer): boolean => audio.every((byte) => byte === 0);

it(`a power cut at any moment of a recording, ${String(COPIES)} times: every whole frame on the disk is in exactly one recording, or in quarantine with a reason`, async () => {
  const random = randomNumbers(20_261_121);
  const dataDir = recordingFolder();
  const live = await testStation({ dataDir });
  await live.station.start();
  await live.client.profiles.create(profileOf('short'));
  await live.client.profiles.create(
    profileOf('alone', { audio: { sample_rate: 96_000 }, stream: { processed_enabled: false } }),
  );
  await live.client.devices.addSimulated({ profileSlug: 'short', source: 'noise' });
  await live.client.devices.addSimulated({ profileSlug: 'alone', source: 'noise' });
  await statusWhen(live, 'sim-1', { state: 'recording' });
  await statusWhen(live, 'sim-2', { state: 'recording' });
  const copies: string[] = [];
  while (copies.length < COPIES) {
    await delay(50 + random(300));
    copies.push(copyOfNow(dataDir));
  }
  await live.station.stop();

  let damaged = 0;
  let aside = 0;
  const comeBack = async (copy: string, n: number, sounds: readonly Sound[]): Promise<void> => {
    const test = await testStation({ dataDir: copy });
    await test.station.start();
    await vi.waitFor(
      () => {
        expect(globSync(join(copy, 'recorder/*/.buffer/*/*')), `copy ${String(n)}`).toEqual([]);
      },
      { timeout: 20_000, interval: 20 },
    );
    await test.station.recorders.stop();
    await test.station.indexer.sweep();
    const { items } = await test.client.recordings.list({ limit: 500 });
    await test.station.stop();

    const keyOf = (workspace: string, run: string | null, sequence: number | null): string =>
      `${workspace} ${String(run)}_${String(sequence).padStart(8, '0')}`;
    const rows = new Map(items.map((row) => [keyOf(row.device, row.runId, row.sequence), row]));
    expect(rows.size, 'no segment has two rows').toBe(items.length);
    const files = items.flatMap((row) => STREAMS.flatMap((stream) => row[stream]?.path ?? []));
    const onDisk = globSync(join(copy, 'recorder/*/data/*/*.wav'));
    expect(files.map((path) => join(copy, path)).sort(), 'a row for every file').toEqual(
      onDisk.sort(),
    );
    for (const file of onDisk) expect((await readSamples(file)).info.state, file).toBe('whole');

    for (const { stream, workspace, segment, frames, promoted } of sounds) {
      const where = `copy ${String(n)}: ${workspace} ${stream} ${segment}`;
      const raw = sounds.find(
        (one) => one.workspace === workspace && one.segment === segment && one.stream === 'raw',
      );
      // A processed file is what can be made of its raw one at any time.
      const isMadeFromRaw = stream === 'processed' && raw !== undefined && raw.frames.length > 0;
      if (frames.length === 0 || (isMadeFromRaw && !promoted)) continue;
      const file = rows.get(`${workspace} ${segment}`)?.[stream] ?? null;
      if (!promoted) damaged += 1;
      if (file === null) {
        if (isSilent(frames)) continue; // no sound was in it any more
        const quarantine = join(copy, 'recorder', workspace, 'quarantine');
        const name = existsSync(quarantine)
          ? readdirSync(quarantine).find(
              (one) => one.includes(segment) && one.includes(stream) && one.endsWith('.wav'),
            )
          : undefined;
        expect(name, where).toBeDefined();
        expect(readFileSync(join(quarantine, name!)).includes(frames), where).toBe(true);
        const reason = readFileSync(join(quarantine, `${name!}.reason.txt`), 'utf8');
        expect(reason.trim(), where).not.toBe('');
        aside += 1;
        continue;
      }
      const { audio } = await readSamples(join(copy, file.path));
      expect(audio.length, where).toBe(frames.length);
      expect(audio.equals(frames), where).toBe(true);
    }
  };
  const left = copies.map((copy, n) => ({ copy, n, sounds: cutPower(copy, random) }));
  while (left.length > 0) {
    await Promise.all(
      left.splice(0, AT_A_TIME).map(({ copy, n, sounds }) => comeBack(copy, n, sounds)),
    );
  }
  // Else the property would hold for want of trying.
  expect(damaged).toBeGreaterThan(COPIES);
  expect(aside).toBeLessThan(damaged / 2);
}, 180_000);
