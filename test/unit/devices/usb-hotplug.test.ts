import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { watchUsb, type UsbEmitter } from '@main/devices/usb-hotplug';
import { recordingLogger } from '../../support/recording-logger';
import { temporaryFolder } from '../../support/temporary-folder';

function withUsb(): string {
  const sysRoot = temporaryFolder();
  mkdirSync(join(sysRoot, 'bus/usb/devices'), { recursive: true });
  return sysRoot;
}

function fakeEmitter(): UsbEmitter & { calls: string[]; fire(): void } {
  const calls: string[] = [];
  const callbacks: (() => void)[] = [];
  const note =
    (call: string) =>
    (callback?: () => void): Promise<void> => {
      calls.push(call);
      if (callback) callbacks.push(callback);
      return Promise.resolve();
    };
  return {
    calls,
    fire: () => {
      for (const callback of callbacks) callback();
    },
    addAttach: note('addAttach'),
    addDetach: note('addDetach'),
    removeAttach: note('removeAttach'),
    removeDetach: note('removeDetach'),
  };
}

describe('watching USB', () => {
  it('tells of arrivals and departures, and lets go when it ends', async () => {
    const emitter = fakeEmitter();
    let changes = 0;
    const end = await watchUsb(
      {
        logger: recordingLogger(),
        sysRoot: withUsb(),
        createEmitter: () => Promise.resolve(emitter),
      },
      () => (changes += 1),
    );
    emitter.fire();
    expect(changes).toBe(2);
    await end();
    expect(emitter.calls).toEqual(['addAttach', 'addDetach', 'removeAttach', 'removeDetach']);
  });

  it('does not touch the package on a machine without USB', async () => {
    const logger = recordingLogger();
    const createEmitter = () => Promise.reject(new Error('must not be called'));
    const end = await watchUsb(
      { logger, sysRoot: temporaryFolder(), createEmitter },
      () => undefined,
    );
    await end();
    expect(logger.events()).toEqual(['usb.absent']);
  });

  it.each(['addAttach', 'addDetach'] as const)(
    'goes on without events when %s fails',
    async (call) => {
      const logger = recordingLogger();
      const emitter = { ...fakeEmitter(), [call]: () => Promise.reject(new Error('EPERM')) };
      const end = await watchUsb(
        { logger, sysRoot: withUsb(), createEmitter: () => Promise.resolve(emitter) },
        () => undefined,
      );
      await end();
      expect(logger.events()).toEqual(['usb.watch_failed']);
    },
  );

  it('goes on without events when the native part is missing', async () => {
    const logger = recordingLogger();
    const createEmitter = () => Promise.reject(new Error('Cannot find module'));
    await (
      await watchUsb({ logger, sysRoot: withUsb(), createEmitter }, () => undefined)
    )();
    expect(logger.events()).toEqual(['usb.watch_failed']);
  });
});
