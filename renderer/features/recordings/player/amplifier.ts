/** Makes an audio element louder than its file, by Web Audio. Nothing is set up before the first gain is asked for. */
export class Amplifier {
  readonly #audio: HTMLAudioElement;
  #context: AudioContext | null = null;
  #gain: GainNode | null = null;

  constructor(audio: HTMLAudioElement) {
    this.#audio = audio;
  }

  /** 0 dB plays the file as it is. */
  set(gainDb: number): void {
    if (this.#gain === null) {
      if (gainDb === 0) return;
      this.#context = new AudioContext();
      this.#gain = this.#context.createGain();
      this.#context.createMediaElementSource(this.#audio).connect(this.#gain);
      this.#gain.connect(this.#context.destination);
    }
    this.#gain.gain.value = 10 ** (gainDb / 20);
    void this.#context?.resume();
  }

  close(): void {
    void this.#context?.close();
    this.#context = null;
    this.#gain = null;
  }
}
