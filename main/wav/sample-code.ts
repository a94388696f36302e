/** How a format chunk tells what samples are. Source: Microsoft's mmreg.h. */
export const SampleCode = { Integer: 1, Float: 3, Extensible: 0xfffe } as const;

/** What recorders, telephones and editors put into WAV files besides PCM. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0x0002, 'Microsoft ADPCM'],
  [0x0003, 'floating point'],
  [0x0006, 'A-law'],
  [0x0007, 'µ-law'],
  [0x0011, 'IMA ADPCM'],
  [0x0016, 'G.723 ADPCM'],
  [0x0031, 'GSM 6.10'],
  [0x0040, 'G.721 ADPCM'],
  [0x0042, 'G.723.1'],
  [0x0050, 'MPEG audio'],
  [0x0055, 'MP3'],
  [0x00ff, 'AAC'],
  [0x0161, 'Windows Media Audio'],
  [0x0162, 'Windows Media Audio'],
  [0x1610, 'AAC'],
  [0x2000, 'AC-3'],
  [0x566f, 'Vorbis'],
  [0x674f, 'Vorbis'],
  [0x6750, 'Vorbis'],
  [0x6751, 'Vorbis'],
  [0xf1ac, 'FLAC'],
]);

export function formatName(code: number): string {
  const name = NAMES.get(code);
  const number = `format ${String(code)}`;
  return name === undefined ? number : `${name} (${number})`;
}
