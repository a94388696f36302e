interface Signature {
  readonly name: string;
  readonly at: number;
  readonly bytes: string;
}

/** Sound that is neither WAV nor FLAC, by what it begins with (Latin-1). */
const SIGNATURES: readonly Signature[] = [
  { name: 'Ogg', at: 0, bytes: 'OggS' },
  { name: 'MP3', at: 0, bytes: 'ID3' },
  { name: 'AIFF', at: 8, bytes: 'AIFF' },
  { name: 'AIFF-C', at: 8, bytes: 'AIFC' },
  { name: 'Sony Wave64', at: 0, bytes: 'riff\x2e\x91\xcf\x11' },
  { name: 'big-endian WAV (RIFX)', at: 0, bytes: 'RIFX' },
  { name: 'Sun audio (au)', at: 0, bytes: '.snd' },
  { name: 'Core Audio (CAF)', at: 0, bytes: 'caff' },
  { name: 'MPEG-4 audio', at: 4, bytes: 'ftyp' },
  { name: 'Matroska or WebM', at: 0, bytes: '\x1a\x45\xdf\xa3' },
  { name: 'Windows Media', at: 0, bytes: '\x30\x26\xb2\x75\x8e\x66\xcf\x11' },
  { name: 'WavPack', at: 0, bytes: 'wvpk' },
  { name: "Monkey's Audio", at: 0, bytes: 'MAC ' },
  { name: 'AMR', at: 0, bytes: '#!AMR' },
  { name: 'Wildlife Acoustics WAC', at: 0, bytes: 'WAAC' },
  { name: 'AVI', at: 8, bytes: 'AVI ' },
];

/** The name of a format by the first bytes of a file; null: none that is known. */
export function otherFormat(head: Buffer): string | null {
  const text = head.toString('latin1');
  const known = SIGNATURES.find(({ at, bytes }) => text.startsWith(bytes, at));
  return known?.name ?? (isMpegFrame(head) ? 'MP3' : null);
}

/** An MPEG audio frame without any tag: sync, a layer, a bit rate and a sample rate that exist. */
function isMpegFrame(head: Buffer): boolean {
  const [first = 0, second = 0, third = 0] = head;
  const isSync = first === 0xff && (second & 0xe0) === 0xe0;
  const isVersion = (second & 0x18) !== 0x08 && (second & 0x06) !== 0;
  return (
    isSync &&
    isVersion &&
    (third & 0xf0) !== 0xf0 &&
    (third & 0xf0) !== 0 &&
    (third & 0x0c) !== 0x0c
  );
}
