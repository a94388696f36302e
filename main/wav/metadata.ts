import { type Guano, parseGuano } from './guano-text';
import { type Chunk, readAt, type ReadableAt } from './header';
import { MAX_GUANO_BYTES } from './layout';
import { chunkHeader } from './new-header';

/** Broadcast WAV as it stands there, empty where a field is. Source: EBU Tech 3285. */
export interface Bext {
  readonly description: string;
  readonly originator: string;
  readonly originatorReference: string;
  /** `YYYY-MM-DD` as a rule, local time of the recorder. */
  readonly originationDate: string;
  /** `HH:MM:SS` as a rule. */
  readonly originationTime: string;
}

/** What others wrote about a recording, as read: every word of it is to be doubted. */
export interface SoundMetadata {
  /** null: none, or without a single field. */
  readonly guano: Guano | null;
  readonly bext: Bext | null;
  /** LIST/INFO of a WAV file by four letters (`ICMT`, `IART`, `ISFT` …), Vorbis comments of FLAC by name in capitals. */
  readonly info: ReadonlyMap<string, string>;
  /** ICMT; COMMENT or DESCRIPTION of FLAC: where an AudioMoth tells time, gain and battery. */
  readonly comment: string | null;
  /** IART; ARTIST of FLAC: `AudioMoth <serial>`. */
  readonly artist: string | null;
  /** Its XML. */
  readonly ixml: string | null;
}

/** The parts of a file's metadata that stand in it as text. */
interface MetadataParts {
  readonly guano?: Buffer | undefined;
  readonly bext?: Buffer | undefined;
  readonly info?: ReadonlyMap<string, string> | undefined;
  readonly ixml?: Buffer | undefined;
}

const MAX_INFO_BYTES = 64 * 1024;
const MAX_IXML_BYTES = 128 * 1024;
/** The fields above; what follows them is numbers and a history. */
const BEXT_BYTES = 338;

/** Reads the metadata of these chunks; where there are several of a kind, the last GUANO and the first of all others. */
export async function readChunkMetadata(
  source: ReadableAt,
  chunks: readonly Chunk[],
): Promise<SoundMetadata> {
  const body = async (chunk: Chunk | undefined, most: number): Promise<Buffer | undefined> =>
    chunk && (await readAt(source, chunk.position + 8, Math.min(chunk.size, most)));
  const first = (id: string): Chunk | undefined => chunks.find((chunk) => chunk.id === id);
  const info = new Map<string, string>();
  for (const chunk of chunks.filter(({ id }) => id === 'LIST').slice(0, 4)) {
    const list = parseInfo((await body(chunk, MAX_INFO_BYTES)) ?? Buffer.alloc(0));
    for (const [key, value] of list) if (!info.has(key)) info.set(key, value);
  }
  return describe({
    guano: await body(
      chunks.findLast(({ id }) => id === 'guan'),
      MAX_GUANO_BYTES,
    ),
    bext: await body(first('bext'), BEXT_BYTES),
    ixml: await body(first('iXML'), MAX_IXML_BYTES),
    info,
  });
}

export function describe({ guano, bext, info = new Map(), ixml }: MetadataParts): SoundMetadata {
  const fields = guano === undefined ? null : parseGuano(decoded(guano));
  const xml = ixml === undefined ? '' : textOf(ixml);
  return {
    guano: fields === null || fields.size === 0 ? null : fields,
    bext: bext === undefined ? null : parseBext(bext),
    info,
    comment: info.get('ICMT') ?? info.get('COMMENT') ?? info.get('DESCRIPTION') ?? null,
    artist: info.get('IART') ?? info.get('ARTIST') ?? null,
    ixml: xml === '' ? null : xml,
  };
}

/** The body of a LIST chunk; empty when it is no INFO. */
export function parseInfo(list: Buffer): ReadonlyMap<string, string> {
  const info = new Map<string, string>();
  if (list.toString('latin1', 0, 4) !== 'INFO') return info;
  for (let position = 4; position + 8 <= list.length;) {
    const id = list.toString('latin1', position, position + 4);
    // Some writers forget the padding.
    if (id.startsWith('\0')) {
      position += 1;
      continue;
    }
    const size = list.readUInt32LE(position + 4);
    const value = textOf(list.subarray(position + 8, position + 8 + size));
    if (/^[ -~]{4}$/.test(id) && value !== '' && !info.has(id)) info.set(id, value);
    position += 8 + size;
  }
  return info;
}

/** A LIST chunk that `parseInfo` reads; empty for no information. */
export function infoChunk(info: ReadonlyMap<string, string>): Buffer {
  if (info.size === 0) return Buffer.alloc(0);
  const parts = [...info].flatMap(([id, value]) => {
    const text = Buffer.from(`${value}\0`, 'utf8');
    return [chunkHeader(id, text.length), text, Buffer.alloc(text.length % 2)];
  });
  const body = Buffer.concat([Buffer.from('INFO', 'latin1'), ...parts]);
  return Buffer.concat([chunkHeader('LIST', body.length), body]);
}

function parseBext(body: Buffer): Bext | null {
  if (body.length < BEXT_BYTES) return null;
  return {
    description: textOf(body.subarray(0, 256)),
    originator: textOf(body.subarray(256, 288)),
    originatorReference: textOf(body.subarray(288, 320)),
    originationDate: textOf(body.subarray(320, 330)),
    originationTime: textOf(body.subarray(330, 338)),
  };
}

/** Up to its first NUL, without what no reader can show. */
function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  const text = decoded(end < 0 ? bytes : bytes.subarray(0, end));
  return text.replaceAll(/[^\P{Cc}\t\r\n]/gu, '').trim();
}

/** UTF-8 or, against most standards, Latin-1. */
function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
