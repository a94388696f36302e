const SMALLEST = 1024;
/** Of the slots; beyond it they are doubled. */
const FULLEST = 0.6;

/**
 * Which names were seen, by 53 bits of each: 14 to 27 bytes a name whatever its length, where a set of strings takes a
 * hundred. Of a million names that were not added, one in ten thousand million is taken for one that was.
 */
export class NameSet {
  /** 0: free. */
  #slots = new Float64Array(SMALLEST);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(name: string): void {
    if (this.#size >= this.#slots.length * FULLEST) this.#grow();
    if (put(this.#slots, keyOf(name))) this.#size += 1;
  }

  has(name: string): boolean {
    const key = keyOf(name);
    return this.#slots[placeOf(this.#slots, key)] === key;
  }

  #grow(): void {
    const larger = new Float64Array(this.#slots.length * 2);
    for (const key of this.#slots) if (key !== 0) put(larger, key);
    this.#slots = larger;
  }
}

function put(slots: Float64Array, key: number): boolean {
  const place = placeOf(slots, key);
  if (slots[place] === key) return false;
  slots[place] = key;
  return true;
}

/** Where the key is, or where it would go. */
function placeOf(slots: Float64Array, key: number): number {
  const mask = slots.length - 1;
  let place = key % slots.length;
  while (slots[place] !== 0 && slots[place] !== key) place = (place + 1) & mask;
  return place;
}

/** 53 bits, never 0. Source: cyrb53 (bryc, public domain), two multiplicative hashes that are mixed at the end. */
function keyOf(name: string): number {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < name.length; i += 1) {
    const code = name.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0) || 1;
}
