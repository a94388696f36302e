/** Numbers of recordings, a bit for each: millions of them in a few hundred kilobytes. */
export class IdSet {
  #words = new Uint32Array(1024);

  add(id: number): void {
    const word = Math.floor(id / 32);
    if (word >= this.#words.length) {
      const larger = new Uint32Array(Math.max(word + 1, this.#words.length * 2));
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (id % 32));
  }

  has(id: number): boolean {
    return ((this.#words[Math.floor(id / 32)] ?? 0) & (1 << (id % 32))) !== 0;
  }
}
