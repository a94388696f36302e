import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectWav } from '@main/wav/inspect';
import { repairWav } from '@main/wav/repair';
import { storedBytes } from '@main/wav/stored-bytes';
import { surveySound, type SoundSurvey } from '@main/wav/survey';
import { animalSounds } from '../../support/corpus/animal-sounds';
import { makeCorpus } from '../../support/corpus/corpus';
import { type CorpusFile, tellsAll } from '../../support/corpus/corpus-file';

const sounds = await animalSounds();
const why = 'missing' in sounds ? `: ${sounds.missing}` : '';

let folder: string;
let corpus: CorpusFile[] = [];

const kept = new Map<CorpusFile, Kept>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'silvasonic-test-'));
  if ('paths' in sounds) corpus = makeCorpus(folder, sounds.paths);
  for (const file of corpus) kept.set(file, await keep(file.path));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Kept {
  readonly survey: SoundSurvey;
  /** null: refused. */
  readonly bytes: Buffer | null;
}

async function keep(path: string): Promise<Kept> {
  const handle = await open(path, 'r');
  try {
    const survey = await surveySound(handle);
    if (survey.kind === 'refused') return { survey, bytes: null };
    const bytes: Buffer[] = [];
    const source = { handle, path, ffmpeg: 'ffmpeg' };
    for await (const piece of storedBytes(source, survey.stored, new AbortController().signal)) {
      bytes.push(piece);
    }
    return { survey, bytes: Buffer.concat(bytes) };
  } finally {
    await handle.close();
  }
}

/** What differs from what is expected, by the name of the file; empty where all is well. */
async function differences(
  check: (file: CorpusFile, kept: Kept) => unknown,
): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const file of corpus) {
    const difference = await check(file, kept.get(file)!);
    if (difference !== null) found[file.name] = difference;
  }
  return found;
}

describe.skipIf('missing' in sounds)(
  `the formats, orders and damages of the field, of real animals${why}`,
  () => {
    it('are each found to be what they are', async () => {
      expect(corpus.length).toBeGreaterThan(100);
      const wrong = await differences(({ expected }, { survey }) => {
        if (survey.kind === 'refused') {
          const isRight = expected.kind === 'refused' && expected.word === survey.word;
          return isRight ? null : survey;
        }
        if (expected.kind === 'refused') return { kind: survey.kind, note: survey.note };
        const { sampleRateHz, channels, bitsPerSample, sampleType, audio } = expected;
        const format = { sampleRateHz, channels, bitsPerSample, sampleType };
        const { facts, kind, note } = survey;
        const isRight =
          kind === expected.kind &&
          Object.entries(format).every(
            ([key, value]) => facts[key as keyof typeof format] === value,
          ) &&
          facts.frames * facts.frameBytes === audio.length &&
          (kind === 'whole') === (note === '');
        return isRight ? null : { kind, facts, note, expectedBytes: audio.length };
      });
      expect(wrong).toEqual({});
    });

    it('keep every sample, and all of a file that is whole', async () => {
      const wrong = await differences(({ expected, path }, { survey, bytes }) => {
        if (survey.kind === 'refused' || bytes === null || expected.kind === 'refused') return null;
        const { audio, fileBytes } = survey.stored;
        const sound = bytes.subarray(audio.offset, audio.offset + audio.bytes);
        if (bytes.length !== fileBytes)
          return `${String(bytes.length)} bytes, ${String(fileBytes)} told`;
        if (!sound.equals(expected.audio)) return 'other samples';
        return survey.kind === 'whole' && !bytes.equals(readFileSync(path)) ? 'other bytes' : null;
      });
      expect(wrong).toEqual({});
    });

    it('keep what their recorders wrote about them', async () => {
      const wrong = await differences(({ expected }, { survey }) => {
        if (survey.kind === 'refused' || expected.kind === 'refused') return null;
        return tellsAll(survey.metadata, expected.metadata) ? null : survey.metadata;
      });
      expect(wrong).toEqual({});
    });

    it('become files that the whole station, and any program, reads alike', async () => {
      const copies: { path: string; audio: Buffer; codec: string }[] = [];
      const wrong = await differences(async ({ expected, name }, { survey, bytes }) => {
        if (survey.kind === 'refused' || bytes === null || expected.kind === 'refused') return null;
        const path = join(folder, `kept ${name}.wav`);
        writeFileSync(path, bytes);
        const { sampleType, frameBytes, channels } = survey.facts;
        const bits = (frameBytes / channels) * 8;
        const codec =
          sampleType === 'float' ? `f${String(bits)}le` : bits === 8 ? 'u8' : `s${String(bits)}le`;
        copies.push({ path, audio: expected.audio, codec });
        const again = await keep(path);
        if (again.survey.kind !== 'whole') return again.survey;
        const info = await inspectWav(path, 'integer or float');
        if (info.state !== 'whole' || info.dataBytes !== expected.audio.length) return info;
        if (sampleType === 'float') return null;
        const repair = await repairWav(path);
        return repair.repaired ? repair : null;
      });
      expect(wrong).toEqual({});
      expect(copies.length).toBeGreaterThan(60);
      const outputs = copies.flatMap(({ codec }, index) => {
        const to = ['-c:a', `pcm_${codec}`, '-f', codec, join(folder, `${String(index)}.samples`)];
        return ['-map', `${String(index)}:a`, ...to];
      });
      const inputs = copies.flatMap(({ path }) => ['-i', path]);
      execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...inputs, ...outputs]);
      const different = copies.filter(
        ({ audio }, index) => !readFileSync(join(folder, `${String(index)}.samples`)).equals(audio),
      );
      expect(different.map(({ path }) => path)).toEqual([]);
    });
  },
);
