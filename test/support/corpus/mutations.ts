type Random = (below: number) => number;
type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const IDS = [
  'fmt ',
  'data',
  'ds64',
  'JUNK',
  'LIST',
  'guan',
  'bext',
  'iXML',
  'RIFF',
  'RF64',
  'BW64',
  'fLaC',
];
const SIZES = [0, 1, 2, 7, 8, 15, 16, 27, 28, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];
/** Most of what matters stands here. */
const HEADER_BYTES = 200;

const somewhere = (bytes: Buffer, random: Random): number =>
  random(random(2) === 0 ? Math.min(bytes.length, HEADER_BYTES) : bytes.length);

const MUTATIONS: readonly Mutation[] = [
  function flip(bytes, random) {
    const copy = Buffer.from(bytes);
    for (let count = random(8) + 1; count > 0; count -= 1) {
      copy[somewhere(copy, random)] = random(256);
    }
    return copy;
  },
  function cut(bytes, random) {
    return bytes.subarray(0, somewhere(bytes, random));
  },
  function lose(bytes, random) {
    const from = somewhere(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + random(64) + 1)]);
  },
  function insert(bytes, random) {
    const at = somewhere(bytes, random);
    const noise = Buffer.from(Array.from({ length: random(40) + 1 }, () => random(256)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  function append(bytes, random) {
    const fill = random(2) === 0 ? 0 : random(256);
    return Buffer.concat([bytes, Buffer.alloc(random(9000), fill)]);
  },
  function blank(bytes, random) {
    const from = somewhere(bytes, random);
    return Buffer.from(bytes).fill(0, from, Math.min(bytes.length, from + random(5000)));
  },
  function resize(bytes, random) {
    const copy = Buffer.from(bytes);
    const at = somewhere(copy, random);
    if (at + 4 <= copy.length) copy.writeUInt32LE(SIZES[random(SIZES.length)] ?? 0, at);
    return copy;
  },
  function rename(bytes, random) {
    const copy = Buffer.from(bytes);
    copy.write(IDS[random(IDS.length)] ?? '', somewhere(copy, random), 'latin1');
    return copy;
  },
  function repeat(bytes, random) {
    const from = somewhere(bytes, random);
    const stretch = bytes.subarray(from, from + random(300));
    const at = somewhere(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), stretch, bytes.subarray(at)]);
  },
  function splice(bytes, random, other) {
    const from = somewhere(other, random);
    const stretch = other.subarray(from, from + random(600));
    const at = somewhere(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), stretch, bytes.subarray(at + random(600))]);
  },
];

/** A file after one to four accidents, some of which bring in parts of another one. */
export function mutated(files: readonly Buffer[], random: Random): Buffer {
  const pick = (): Buffer => files[random(files.length)] ?? Buffer.alloc(0);
  let result = pick();
  for (let count = random(4) + 1; count > 0 && result.length > 0; count -= 1) {
    result = MUTATIONS[random(MUTATIONS.length)]?.(result, random, pick()) ?? result;
  }
  return result;
}
