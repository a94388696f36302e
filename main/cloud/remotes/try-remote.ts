import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Capabilities, CloudFailure, RemoteTest } from '@shared/model/remote';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../../clock/clock';
import { messageOf } from '../../error-message';
import { CloudError, type CloudProvider } from '../provider';

type Step = RemoteTest['steps'][number]['step'];

/** Bytes of the file that is written: seconds on the slowest line, and more than a greeting on a fast one. */
const SIZE = 131_072;
/** Whoever waits before the page wants a word by then. Milliseconds. */
const PATIENCE_MS = 90_000;

export interface Trial {
  readonly provider: CloudProvider;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Takes secrets out of what a remote says. */
  readonly scrub: (text: string) => string;
}

/** Writes, reads back and removes a small file. A failure is part of the answer. @throws AbortError */
export async function tryRemote({ provider, clock, signal, scrub }: Trial): Promise<RemoteTest> {
  const scratch = await mkdtemp(join(tmpdir(), 'silvasonic-remote-test-'));
  const limit = new AbortController();
  const over = new AbortController();
  void clock.sleep(PATIENCE_MS, over.signal).then((elapsed) => {
    if (elapsed) limit.abort();
  });
  const either = AbortSignal.any([signal, limit.signal]);
  const steps: RemoteTest['steps'] = [];
  let failure: CloudFailure | null = null;
  const step = async <T>(name: Step, work: () => Promise<T>): Promise<T | null> => {
    const sinceMs = clock.monotonicMs();
    const done = (ok: boolean): void => {
      steps.push({ step: name, ok, tookMs: clock.monotonicMs() - sinceMs });
    };
    try {
      const result = await work();
      done(true);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      done(false);
      const at = toInstant(clock.wallMs());
      failure ??= limit.signal.aborted
        ? { code: 'TIMEOUT', detail: `No end within ${String(PATIENCE_MS / 1000)} s.`, at }
        : {
            code: error instanceof CloudError ? error.code : 'UNKNOWN',
            detail: scrub(messageOf(error)),
            at,
          };
      return null;
    }
  };
  const took = (name: Step): number | null => {
    const tookMs = steps.find((each) => each.step === name && each.ok)?.tookMs;
    return tookMs === undefined ? null : SIZE / (Math.max(1, tookMs) / 1000);
  };

  const path = `.silvasonic-test-${randomBytes(6).toString('hex')}`;
  const sent = randomBytes(SIZE);
  let capabilities: Capabilities | null;
  let room: RemoteTest['room'] = null;
  try {
    const file = join(scratch, 'sent');
    await writeFile(file, sent);
    const connected = await step('connect', async () => {
      await provider.check(either);
      return { ...(await provider.capabilities(either)), checkedAt: toInstant(clock.wallMs()) };
    });
    capabilities = connected;
    if (connected !== null) {
      const written = await step('write', () => provider.upload(file, path, { signal: either }));
      if (written !== null) {
        await step('read_back', () =>
          readBack(provider, path, join(scratch, 'back'), sent, either),
        );
      }
      // It may be there although its writing failed; of that nothing more is told.
      if (written === null) await provider.remove(path, either).catch(() => undefined);
      else await step('remove', () => provider.remove(path, either));
      if (connected.quota && steps.every(({ ok }) => ok)) {
        room = await step('room', () => provider.storage(either));
      }
    }
  } finally {
    over.abort();
    await rm(scratch, { recursive: true, force: true });
  }
  return {
    // How much room there is helps, and is no part of what must work.
    ok: steps.every(({ step: name, ok }) => ok || name === 'room') && steps.length > 0,
    failure,
    steps,
    uploadBytesPerS: took('write'),
    downloadBytesPerS: took('read_back'),
    capabilities,
    room,
  };
}

/** @throws CloudError `MISMATCH` */
async function readBack(
  provider: CloudProvider,
  path: string,
  toFile: string,
  sent: Buffer,
  signal: AbortSignal,
): Promise<void> {
  await provider.download(path, toFile, { signal });
  const back = await readFile(toFile);
  if (!back.equals(sent)) {
    throw new CloudError('MISMATCH', 'What was read back is not what was written.');
  }
}
