import { readFieldLayout } from './field-layout';
import { surveyFlac } from './flac';
import { flacOffset } from './flac-blocks';
import { type OpenFile, readAt, type ReadableAt } from './header';
import { readChunkMetadata } from './metadata';
import { otherFormat } from './other-formats';
import { type RefusedFile, refused, type SoundContainer, type SoundSurvey } from './sound-survey';
import { planStored } from './stored-wav';
import { WavError } from './wav-error';
import { WithHead } from './with-head';

export type { KeepableSound, RefusalWord, SoundSurvey } from './sound-survey';

const CONTAINERS: Readonly<Record<string, SoundContainer>> = { RF64: 'rf64', BW64: 'bw64' };
/** No microphone is faster and none has more; what is beyond comes from damage. */
const MAX_RATE_HZ = 10_000_000;
const MAX_CHANNELS = 256;
const HEAD_BYTES = 64 * 1024;
/** A file of up to this length that has no audio was cut within its header. */
const LONGEST_CUT_BYTES = 1024;

/**
 * Tells what a file is by its first bytes, its chunks and its end; its name counts for nothing. Reads a megabyte at
 * most, whatever the file's size, but where a file ends in zeros that its header does not count.
 * @throws Node's errors when the file cannot be read; never for what is in it
 */
export async function surveySound(handle: OpenFile): Promise<SoundSurvey> {
  return surveyBytes(handle, (await handle.stat()).size);
}

/** As `surveySound`, for whatever bytes can be read from. */
export async function surveyBytes(unread: ReadableAt, fileBytes: number): Promise<SoundSurvey> {
  if (fileBytes === 0) return refused('EMPTY', 'it is empty');
  const head = await readAt(unread, 0, Math.min(HEAD_BYTES, fileBytes));
  const source = new WithHead(unread, head);
  const flac = await flacOffset(source);
  if (flac !== null) return surveyFlac(source, flac);
  try {
    const layout = await readFieldLayout(source, fileBytes);
    const { header, dataBytes, tail } = layout;
    const { sampleRateHz, channels, frameBytes } = header.format;
    if (sampleRateHz > MAX_RATE_HZ || channels > MAX_CHANNELS) {
      const note = `${String(sampleRateHz)} Hz and ${String(channels)} channels cannot be`;
      return refused('BAD_FORMAT', note);
    }
    if (dataBytes === 0) return refused('NO_AUDIO', 'it holds no audio');
    const plan = planStored(layout);
    return {
      kind: plan.isWhole ? 'whole' : 'repairable',
      facts: {
        ...header.format,
        bitsPerSample: plan.bitsPerSample,
        container: CONTAINERS[header.form] ?? 'riff',
        frames: dataBytes / frameBytes,
      },
      metadata: await readChunkMetadata(source, [...header.chunks, ...tail]),
      stored: plan.stored,
      note: [...layout.notes, ...plan.notes].join('; '),
    };
  } catch (error) {
    if (!(error instanceof WavError)) throw error;
    return refusal(error, head, fileBytes);
  }
}

/** Why there is no audio in a file, in the words of a report. */
function refusal(error: WavError, head: Buffer, fileBytes: number): RefusedFile {
  if (error.problem === 'NOT_WAV') return notWav(head);
  if (error.codec !== null) return refused('COMPRESSED', error.message);
  if (error.problem === 'UNSUPPORTED') return refused('BAD_FORMAT', error.message);
  if (fileBytes <= LONGEST_CUT_BYTES) {
    return refused('CUT_HEADER', `it ends within its header, after ${String(fileBytes)} bytes`);
  }
  return refused('NO_FORMAT', error.message);
}

function notWav(head: Buffer): RefusedFile {
  const firstByte = head.findIndex((byte) => byte !== 0);
  const zeros = firstByte < 0 ? head.length : firstByte;
  if (zeros >= Math.min(head.length, 12)) {
    return refused('ZEROS', `its first ${String(zeros)} bytes are zeros`);
  }
  const start = head.toString('latin1', 0, 12);
  const isForm = ['RIFF', 'RF64', 'BW64'].some((form) => form.startsWith(start.slice(0, 4)));
  if (head.length < 12 && isForm) {
    return refused('CUT_HEADER', `it ends within its header, after ${String(head.length)} bytes`);
  }
  const name = otherFormat(head);
  return name === null
    ? refused('NOT_SOUND', 'it is no sound file')
    : refused('OTHER_FORMAT', `it is ${name}, neither WAV nor FLAC`);
}
