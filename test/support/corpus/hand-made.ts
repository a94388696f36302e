import type { RefusalWord } from '@main/wav/survey';
import { dataChunk, formatChunk, wavBytes, type WavChunk, type WavFormat } from '../wav-bytes';
import type { Expected } from './corpus-file';

/** A file of the corpus that is put together byte by byte. */
export interface HandMade {
  readonly name: string;
  readonly bytes: Buffer;
  readonly expected: Expected;
  /** Without a dot; `wav` if absent. */
  readonly ending?: string;
}

const UNKNOWN = 0xffffffff;
export const GUANO_TEXT =
  'GUANO|Version: 1.0\nMake: Wildlife Acoustics\nModel: Song Meter Mini Bat\nTimestamp: 2023-06-21T22:15:03+02:00\nNote: über dem Teich\n';
const GUANO_FIELDS = {
  Model: 'Song Meter Mini Bat',
  Timestamp: '2023-06-21T22:15:03+02:00',
  Note: 'über dem Teich',
};
const AUDIOMOTH =
  'Recorded at 23:10:00 14/08/2022 (UTC) by AudioMoth 24F319055FDF2F5B at medium gain while battery was 4.2V and temperature was 18.4C.';
const IXML = '<?xml version="1.0" encoding="UTF-8"?><BWFXML><PROJECT>Heath</PROJECT></BWFXML>';

const chunk = (id: string, content: string | Buffer, size?: number): WavChunk => ({
  id,
  body: typeof content === 'string' ? Buffer.from(content) : content,
  ...(size === undefined ? {} : { size }),
});

export const guan = (): WavChunk => chunk('guan', GUANO_TEXT);

function info(entries: readonly (readonly [string, string])[], size?: number): WavChunk {
  const parts = entries.map(([id, text]) => {
    const body = Buffer.alloc(size ?? text.length + 1);
    body.write(text, 'latin1');
    const head = Buffer.alloc(8);
    head.write(id, 'latin1');
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
  });
  return chunk('LIST', Buffer.concat([Buffer.from('INFO'), ...parts]));
}

const audioMothList = (): WavChunk =>
  info(
    [
      ['ICMT', AUDIOMOTH],
      ['IART', 'AudioMoth 24F319055FDF2F5B'],
    ],
    384,
  );

function bext(): WavChunk {
  const body = Buffer.alloc(602);
  body.write('sSPEED=24\r\nsTAKE=1\r\n', 0);
  body.write('SoundDevices', 256);
  body.write('2021-05-02', 320);
  body.write('04:12:55', 330);
  return chunk('bext', body);
}

function ds64(riff: bigint, data: bigint, bytes = 28): WavChunk {
  const body = Buffer.alloc(Math.max(bytes, 16));
  body.writeBigUInt64LE(riff, 0);
  body.writeBigUInt64LE(data, 8);
  return chunk('ds64', body.subarray(0, bytes));
}

/** Chunks in a row without any padding, as some writers leave it out. */
function unpadded(chunks: readonly WavChunk[]): Buffer {
  const body = Buffer.concat(
    chunks.map(({ id, body: content, size }) => {
      const head = Buffer.alloc(8);
      head.write(id, 'latin1');
      head.writeUInt32LE(size ?? content.length, 4);
      return Buffer.concat([head, content]);
    }),
  );
  const head = Buffer.from('RIFF....WAVE');
  head.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([head, body]);
}

function patched(bytes: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

interface Facts {
  readonly format?: WavFormat;
  readonly audio: Buffer;
  readonly metadata?: Extract<Expected, { audio: Buffer }>['metadata'];
}

function kept(kind: 'whole' | 'repairable', { format = {}, audio, metadata }: Facts): Expected {
  const { rate = 48_000, channels = 1, bits = 16, validBits, subFormat, tag } = format;
  const isFloat = tag === 3 || subFormat === 3;
  return {
    kind,
    sampleRateHz: rate,
    channels,
    bitsPerSample: validBits ?? bits,
    sampleType: isFloat ? 'float' : 'integer',
    audio,
    ...(metadata === undefined ? {} : { metadata }),
  };
}

const guano = { guano: GUANO_FIELDS };

/** Chunks of every kind, order and alignment that recorders are known for. @param sound 16 bit, mono; even */
export function orderedFiles(sound: Buffer): HandMade[] {
  const format = formatChunk();
  const data = dataChunk(sound);
  const whole = (name: string, bytes: Buffer, facts: Partial<Facts> = {}): HandMade => ({
    name,
    bytes,
    expected: kept('whole', { audio: sound, ...facts }),
  });
  const mended = (name: string, bytes: Buffer, facts: Partial<Facts> = {}): HandMade => ({
    name,
    bytes,
    expected: kept('repairable', { audio: sound, ...facts }),
  });
  const of24 = { bits: 24, validBits: 24, rate: 384_000 };
  // What does not count is zero.
  const in32 = Buffer.from(sound.map((byte, index) => (index % 4 === 0 ? 0 : byte)));
  // Three bytes a sample, an odd number of them.
  const odd = sound.subarray(0, 3 * 333);
  const sizes64 = (bytes: Buffer): Buffer =>
    patched(bytes, (copy) => {
      copy.writeBigUInt64LE(BigInt(copy.length - 8), 20);
    });
  return [
    whole('plain', wavBytes([format, data])),
    whole('guan before the audio', wavBytes([format, guan(), data]), { metadata: guano }),
    whole('guan behind the audio', wavBytes([format, data, guan()]), { metadata: guano }),
    whole(
      'guan in Latin-1',
      wavBytes([format, data, chunk('guan', Buffer.from(GUANO_TEXT, 'latin1'))]),
      {
        metadata: guano,
      },
    ),
    whole('AudioMoth', wavBytes([format, audioMothList(), data]), {
      metadata: { comment: AUDIOMOTH },
    }),
    whole('bext before the format', wavBytes([bext(), format, data]), {
      metadata: { bextDate: '2021-05-02' },
    }),
    whole('bext and iXML behind', wavBytes([format, data, bext(), chunk('iXML', `${IXML} `)]), {
      metadata: { bextDate: '2021-05-02', ixml: IXML },
    }),
    whole(
      'everything at once',
      wavBytes([
        chunk('JUNK', Buffer.alloc(28)),
        bext(),
        format,
        chunk('fact', Buffer.alloc(4)),
        chunk('iXML', `${IXML} `),
        audioMothList(),
        chunk('PAD ', Buffer.alloc(4000)),
        data,
        chunk('wamd', Buffer.alloc(120, 1)),
        guan(),
        chunk('id3 ', Buffer.alloc(50)),
      ]),
      {
        metadata: { ...guano, bextDate: '2021-05-02', comment: AUDIOMOTH, ixml: IXML },
      },
    ),
    whole(
      'chunks of odd sizes',
      wavBytes([chunk('xyz1', 'odd'), format, chunk('LIST', 'INFO1'), data, chunk('abcd', 'x')]),
    ),
    whole('an empty chunk', wavBytes([format, chunk('fact', ''), data])),
    whole('FLLR up to a page', wavBytes([format, chunk('FLLR', Buffer.alloc(4016)), data])),
    whole(
      'a format of 18 bytes',
      wavBytes([chunk('fmt ', Buffer.concat([format.body, Buffer.alloc(2)])), data]),
    ),
    whole('24 bit of odd length', wavBytes([formatChunk(of24), dataChunk(odd), guan()]), {
      format: of24,
      audio: odd,
      metadata: guano,
    }),
    mended('24 bit in 32', wavBytes([formatChunk({ bits: 32, validBits: 24 }), dataChunk(in32)]), {
      format: { bits: 32, validBits: 32 },
      audio: in32,
    }),
    whole('float, EXTENSIBLE', wavBytes([formatChunk({ bits: 32, subFormat: 3 }), data]), {
      format: { bits: 32, subFormat: 3 },
    }),
    whole('8 bit of odd length', wavBytes([formatChunk({ bits: 8 }), dataChunk(odd)]), {
      format: { bits: 8 },
      audio: odd,
    }),
    whole(
      'RF64',
      sizes64(
        wavBytes(
          [ds64(0n, BigInt(sound.length)), format, dataChunk(sound, UNKNOWN), guan()],
          'RF64',
        ),
      ),
      { metadata: guano },
    ),
    whole(
      'BW64',
      sizes64(
        patched(
          wavBytes(
            [
              ds64(0n, BigInt(sound.length)),
              format,
              chunk('chna', Buffer.alloc(4)),
              dataChunk(sound, UNKNOWN),
            ],
            'RF64',
          ),
          (copy) => copy.write('BW64', 'latin1'),
        ),
      ),
    ),
    mended('two formats', wavBytes([format, formatChunk({ channels: 2, rate: 44_100 }), data])),
    mended(
      'no padding behind odd chunks',
      unpadded([
        chunk('LIST', 'INFOICMT\x05\0\0\0hey\0\0'),
        format,
        chunk('iXML', IXML),
        data,
        chunk('LIST', 'INFO1'),
        guan(),
      ]),
      { metadata: guano },
    ),
    mended('no padding behind odd audio', unpadded([formatChunk(of24), dataChunk(odd), guan()]), {
      format: of24,
      audio: odd,
      metadata: guano,
    }),
    mended(
      'no padding at the end',
      wavBytes([formatChunk({ bits: 8 }), dataChunk(odd)]).subarray(0, -1),
      { format: { bits: 8 }, audio: odd },
    ),
    mended(
      'a RIFF size that counts itself',
      patched(wavBytes([format, data]), (copy) => copy.writeUInt32LE(copy.length, 4)),
    ),
    mended(
      'guan that is not counted',
      patched(wavBytes([format, data, guan()]), (copy) => copy.writeUInt32LE(36 + sound.length, 4)),
      { metadata: guano },
    ),
    mended(
      'RF64 with a table that is empty',
      wavBytes([ds64(0n, 0n), format, dataChunk(sound, UNKNOWN)], 'RF64'),
    ),
    mended('RF64 without a table', wavBytes([format, dataChunk(sound, UNKNOWN)], 'RF64')),
    mended(
      'RF64 with a table that is cut',
      wavBytes([ds64(0n, 0n, 16), format, dataChunk(sound, UNKNOWN)], 'RF64'),
    ),
    mended(
      'RF64 with a table behind one that is cut',
      wavBytes([ds64(0n, 0n, 16), ds64(0n, 0n), format, dataChunk(sound, UNKNOWN)], 'RF64'),
    ),
    mended(
      'ID3v1 behind the end',
      Buffer.concat([wavBytes([format, data]), Buffer.from('TAG'), Buffer.alloc(125, 0x20)]),
    ),
  ];
}

/** What kills, full disks, power cuts and bad cards make of files. @param sound 16 bit, mono; even */
export function damagedFiles(sound: Buffer): HandMade[] {
  const format = formatChunk();
  const data = dataChunk(sound);
  const plain = wavBytes([format, data]);
  const tagged = wavBytes([format, audioMothList(), data, guan()]);
  const tailed = wavBytes([format, data, audioMothList(), guan()]);
  const stereo = { channels: 2, bits: 24, rate: 192_000, validBits: 24 };
  const frames24 = sound.subarray(0, sound.length - (sound.length % 6));
  const mended = (name: string, bytes: Buffer, facts: Partial<Facts> = {}): HandMade => ({
    name,
    bytes,
    expected: kept('repairable', { audio: sound, ...facts }),
  });
  const refused = (
    name: string,
    bytes: Buffer | string,
    word: RefusalWord,
    ending = 'wav',
  ): HandMade => ({
    name,
    bytes: Buffer.from(bytes),
    expected: { kind: 'refused', word },
    ending,
  });
  const sizes = (bytes: Buffer, dataAt: number, riff: number, size: number): Buffer =>
    patched(bytes, (copy) => {
      copy.writeUInt32LE(riff, 4);
      copy.writeUInt32LE(size, dataAt);
    });
  const comment = { comment: AUDIOMOTH };
  const moth = tagged.indexOf('data') + 4;
  const half = Math.floor(sound.length / 4) * 2;
  return [
    mended('killed, sizes unknown', sizes(plain, 40, UNKNOWN, UNKNOWN)),
    mended('killed, sizes zero', sizes(plain, 40, 0, 0)),
    mended('killed, AudioMoth', sizes(tagged.subarray(0, moth + 4 + half), moth, UNKNOWN, 0), {
      audio: sound.subarray(0, half),
      metadata: comment,
    }),
    mended('sizes zero, with chunks behind', sizes(tailed, 40, 0, 0), {
      metadata: { ...comment, ...guano },
    }),
    mended('sizes unknown, with chunks behind', sizes(tailed, 40, UNKNOWN, UNKNOWN), {
      metadata: { ...comment, ...guano },
    }),
    mended('sizes of a minute ago', sizes(plain, 40, 36 + half, half)),
    mended('size of the audio of a minute ago', sizes(plain, 40, plain.length - 8, half)),
    mended('card pulled in the middle', plain.subarray(0, 44 + half), {
      audio: sound.subarray(0, half),
    }),
    mended(
      'cut within a frame',
      wavBytes([formatChunk(stereo), dataChunk(frames24)]).subarray(0, -4),
      { format: stereo, audio: frames24.subarray(0, -6) },
    ),
    mended('cut within its GUANO', tailed.subarray(0, -30), { metadata: comment }),
    mended(
      'cut within its GUANO, sizes unknown',
      sizes(wavBytes([format, data, guan()]), 40, UNKNOWN, UNKNOWN).subarray(0, -30),
    ),
    mended('cut within its LIST', wavBytes([format, data, audioMothList()]).subarray(0, -100)),
    mended('zeros behind the end', Buffer.concat([plain, Buffer.alloc(5000)])),
    mended('zeros behind the chunks', Buffer.concat([tailed, Buffer.alloc(512)]), {
      metadata: { ...comment, ...guano },
    }),
    mended('rubbish behind the chunks', Buffer.concat([tailed, Buffer.alloc(700, 0xa5)]), {
      metadata: { ...comment, ...guano },
    }),
    mended(
      'a damaged chunk before the audio',
      patched(tagged, (copy) => copy.writeUInt32LE(0x7f00_0000, 40)),
      { metadata: guano },
    ),
    mended(
      'a damaged chunk before the format',
      patched(wavBytes([bext(), format, data]), (copy) => copy.fill(0xff, 12, 20)),
    ),
    mended(
      'a size of the audio that is too large',
      sizes(plain, 40, plain.length - 8, 2 * sound.length),
    ),
    mended(
      'the last sectors never written',
      Buffer.concat([sizes(plain, 40, UNKNOWN, UNKNOWN), Buffer.alloc(8192)]),
      { audio: Buffer.concat([sound, Buffer.alloc(8192)]) },
    ),
    refused('zero bytes', '', 'EMPTY'),
    refused('one byte', 'R', 'CUT_HEADER'),
    refused('the form alone', plain.subarray(0, 12), 'CUT_HEADER'),
    refused('cut within its format', plain.subarray(0, 30), 'CUT_HEADER'),
    refused('cut before its audio', plain.subarray(0, 40), 'CUT_HEADER'),
    refused('a header and no audio', plain.subarray(0, 44), 'NO_AUDIO'),
    refused('a whole file without audio', wavBytes([format, dataChunk(0), guan()]), 'NO_AUDIO'),
    refused('half a frame', plain.subarray(0, 45), 'NO_AUDIO'),
    refused('zeros', Buffer.alloc(20_000), 'ZEROS'),
    refused(
      'the first sector lost',
      patched(plain, (copy) => copy.fill(0, 0, 512)),
      'ZEROS',
    ),
    refused('text called wav', 'Dear colleagues,\nattached you find no recording.\n', 'NOT_SOUND'),
    refused('a web page', '<!DOCTYPE html><html><body>404</body></html>', 'NOT_SOUND'),
    refused('a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'NOT_SOUND'),
    refused(
      'an AVI',
      Buffer.from('RIFF\x24\0\0\0AVI LIST\x10\0\0\0hdrl', 'latin1'),
      'OTHER_FORMAT',
    ),
    refused(
      'big-endian',
      patched(plain, (copy) => copy.write('RIFX')),
      'OTHER_FORMAT',
    ),
    refused('audio before its format', wavBytes([data, format]), 'NO_FORMAT'),
    refused(
      'no format',
      wavBytes([audioMothList(), chunk('JUNK', Buffer.alloc(2000)), data]),
      'NO_FORMAT',
    ),
    refused('no audio chunk', wavBytes([format, chunk('JUNK', Buffer.alloc(2000))]), 'NO_FORMAT'),
    refused('no channels', wavBytes([formatChunk({ channels: 0 }), data]), 'BAD_FORMAT'),
    refused('no rate', wavBytes([formatChunk({ rate: 0 }), data]), 'BAD_FORMAT'),
    refused(
      'a rate that cannot be',
      patched(plain, (copy) => copy.writeUInt32LE(4_000_000_000, 24)),
      'BAD_FORMAT',
    ),
    refused('12 bits', wavBytes([formatChunk({ bits: 12, channels: 2 }), data]), 'BAD_FORMAT'),
    refused('16-bit float', wavBytes([formatChunk({ bits: 16, tag: 3 }), data]), 'BAD_FORMAT'),
    refused('an unknown codec', wavBytes([formatChunk({ tag: 0x1234 }), data]), 'COMPRESSED'),
    refused(
      'FLAC cut in its header',
      Buffer.concat([Buffer.from('fLaC'), Buffer.from([0, 0, 0, 34]), Buffer.alloc(10)]),
      'CUT_HEADER',
      'flac',
    ),
  ];
}
