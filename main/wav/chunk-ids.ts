/** Chunks that recorders and editors write. */
const KNOWN = new Set([
  'fmt ',
  'data',
  'ds64',
  'fact',
  'LIST',
  'guan', // GUANO
  'bext', // broadcast WAV
  'iXML',
  'wamd', // Wildlife Acoustics
  'id3 ',
  'ID3 ',
  'JUNK',
  'junk',
  'PAD ',
  'FLLR',
  'PEAK',
  'cue ',
  'smpl',
  'inst',
  'plst',
  'levl',
  'axml',
  'chna',
  '_PMX',
  'aXML',
  'umid',
  'minf',
  'elm1',
  'regn',
  'DISP',
  'acid',
  'cart',
  'afsp',
]);

export function isKnownChunk(id: string): boolean {
  return KNOWN.has(id);
}

/** The same as numbers, for whoever looks at every byte. */
const NUMBERS = new Set([...KNOWN].map((id) => Buffer.from(id, 'latin1').readUInt32LE(0)));

/**
 * Where in the last bytes of a file a chunk of a known name begins from which chunk follows chunk up to the end, the
 * first place first. One look at every byte, however hostile they are.
 */
export function chainsToEnd(bytes: Buffer): number[] {
  const reachesEnd = new Uint8Array(bytes.length + 1);
  reachesEnd[bytes.length] = 1;
  const starts: number[] = [];
  for (let at = bytes.length - 8; at >= 0; at -= 1) {
    if (!isPrintable(bytes, at)) continue;
    const size = bytes.readUInt32LE(at + 4);
    const end = at + 8 + size;
    if (end > bytes.length) continue;
    // The last one may lack its padding, and so may any other of careless writers.
    const next = Math.min(end + (size % 2), bytes.length);
    if (reachesEnd[next] !== 1 && reachesEnd[end] !== 1) continue;
    reachesEnd[at] = 1;
    if (NUMBERS.has(bytes.readUInt32LE(at))) starts.push(at);
  }
  return starts.reverse();
}

function isPrintable(bytes: Buffer, at: number): boolean {
  for (let index = at; index < at + 4; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}
