import { readLayout } from '@main/wav/layout';
import { planRepair } from '@main/wav/repair-plan';
import { storedBytes } from '@main/wav/stored-bytes';
import { type KeepableSound, type SoundSurvey, surveySound } from '@main/wav/survey';
import { lengthOf } from '@main/wav/stored-wav';
import { WavError } from '@main/wav/wav-error';
import { FileInMemory } from '../file-in-memory';
import { applied } from '../interrupted-edits';

/** The WAV file that is kept of a source without a decoder. */
export async function storedOf(bytes: Buffer, { stored }: KeepableSound): Promise<Buffer> {
  const source = { handle: new FileInMemory(bytes), path: '/nowhere', ffmpeg: 'false' };
  const pieces: Buffer[] = [];
  for await (const piece of storedBytes(source, stored, new AbortController().signal)) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/**
 * Holds a survey of any bytes to its promises.
 * @returns what is broken, in words; null: nothing
 * @throws whatever the product lets out: nothing may get out
 */
export async function brokenPromise(bytes: Buffer): Promise<string | null> {
  const survey = await surveySound(new FileInMemory(bytes));
  if (survey.kind === 'refused') return survey.note === '' ? 'refused without a word' : null;
  const { facts, kind, note, stored } = survey;
  const { audio, fileBytes } = stored;
  if (audio.bytes !== facts.frames * facts.frameBytes) return 'frames and bytes differ';
  if (facts.frames <= 0) return 'no frames';
  if (kind === 'convertible') return brokenConversion(survey);
  if ((kind === 'whole') !== (note === '')) return `${kind}: "${note}"`;
  const kept = await storedOf(bytes, survey);
  if (kept.length !== fileBytes) return 'another length than told';
  if (kind === 'whole' && !kept.equals(bytes)) return 'whole, and not the same bytes';
  const sound = kept.subarray(audio.offset, audio.offset + audio.bytes);
  if (!bytes.includes(sound)) return 'samples that are not in the source';
  const again = await surveySound(new FileInMemory(kept));
  if (!isSameWhole(again, survey)) return `kept, it is something else: ${JSON.stringify(again)}`;
  return facts.sampleType === 'integer' ? brokenByRepair(kept, audio.bytes) : null;
}

/** Nothing can be decoded here; but all of it has to be there, in its place. */
function brokenConversion({ stored, metadata }: KeepableSound): string | null {
  const decoded = stored.pieces.findIndex(({ kind }) => kind === 'decoded');
  const sizes = stored.pieces.map((piece) => lengthOf(piece));
  const sum = (lengths: readonly number[]): number =>
    lengths.reduce((all, length) => all + length, 0);
  const isWhole =
    sizes[decoded] === stored.audio.bytes &&
    sum(sizes.slice(0, decoded)) === stored.audio.offset &&
    sum(sizes) === stored.fileBytes &&
    stored.pieces.every(({ kind }, index) => index === decoded || kind === 'bytes');
  return isWhole ? null : `what was converted is not whole: ${JSON.stringify(metadata)}`;
}

/** What is kept has to be whole for the strict tools, too, which serve our own files. */
async function brokenByRepair(kept: Buffer, audioBytes: number): Promise<string | null> {
  const plan = planRepair(await readLayout(new FileInMemory(kept), 'a file'));
  const isWhole = plan.edits?.length === 0 && plan.dataBytes === audioBytes;
  return isWhole ? null : `repairWav would change it: ${plan.note}`;
}

/** The same for the strict tools on their own: a repair has to repair. */
export async function brokenRepair(bytes: Buffer): Promise<string | null> {
  try {
    const { edits, frames } = planRepair(await readLayout(new FileInMemory(bytes), 'a file'));
    if (edits === null) return null;
    const repaired = applied(bytes, edits);
    const again = planRepair(await readLayout(new FileInMemory(repaired), 'a file'));
    if (again.frames !== frames) return `${String(frames)} frames, then ${String(again.frames)}`;
    return again.edits?.length === 0 ? null : 'a repaired file needs repair';
  } catch (error) {
    if (error instanceof WavError) return null;
    throw error;
  }
}

function isSameWhole(again: SoundSurvey, { facts }: KeepableSound): boolean {
  if (again.kind !== 'whole') return false;
  const { frames, frameBytes, sampleRateHz, channels, bitsPerSample } = again.facts;
  return (
    frames === facts.frames &&
    frameBytes === facts.frameBytes &&
    sampleRateHz === facts.sampleRateHz &&
    channels === facts.channels &&
    bitsPerSample === facts.bitsPerSample
  );
}
