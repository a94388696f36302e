import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

export const LISTENING_ADDRESS = '127.0.0.1';

/** What is to be listened to: one run of one device. */
export interface LiveRun {
  readonly runId: string;
  readonly port: number;
  readonly channels: number;
}

/** The bound port of one run: samples for as long as it is open. */
export class LiveSocket {
  readonly run: LiveRun;
  readonly #socket: Socket;
  #open = true;

  /**
   * @param options.sender the address that the run sends from; everything else on the port is passed over
   * @param options.onSamples interleaved, whole frames
   * @param options.onFailed it could not be opened, or was lost; told once, the socket is closed
   */
  constructor(
    run: LiveRun,
    options: {
      readonly sender: string;
      readonly onSamples: (samples: Int16Array) => void;
      readonly onFailed: (error: Error) => void;
    },
  ) {
    this.run = run;
    const { sender, onSamples, onFailed } = options;
    const frameBytes = 2 * run.channels;
    this.#socket = createSocket('udp4');
    this.#socket.on('message', (datagram: Buffer, from: RemoteInfo) => {
      if (from.address !== sender) return;
      if (datagram.length === 0 || datagram.length % frameBytes !== 0) return;
      onSamples(samplesOf(datagram));
    });
    this.#socket.on('error', (error) => {
      this.close();
      onFailed(error);
    });
    this.#socket.bind({ port: run.port, address: LISTENING_ADDRESS, exclusive: true });
    // Whoever listens does not keep the station from ending.
    this.#socket.unref();
  }

  /** Safe to call twice. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.close();
  }
}

/** Little-endian, as every machine that we run on. A copy: a datagram may begin at an odd address. */
function samplesOf(datagram: Buffer): Int16Array {
  const samples = new Int16Array(datagram.length / 2);
  Buffer.from(samples.buffer).set(datagram);
  return samples;
}
