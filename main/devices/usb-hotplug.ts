import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../logging/logger';
import { messageOf } from '../error-message';

/** What is used of the package `usb`. */
export interface UsbEmitter {
  addAttach(callback: () => void): Promise<void>;
  removeAttach(): Promise<void>;
  addDetach(callback: () => void): Promise<void>;
  removeDetach(): Promise<void>;
}

export interface UsbHotplugOptions {
  readonly logger: Logger;
  /** Default `/sys`. */
  readonly sysRoot?: string;
  /** Default: the package's own emitter. */
  readonly createEmitter?: () => Promise<UsbEmitter>;
}

/**
 * Calls `onChange` when a USB device comes or goes. Never fails: without it microphones are found by the scan every
 * second, only later.
 * @returns a function that ends the watch; a watch keeps the process alive
 */
export async function watchUsb(
  options: UsbHotplugOptions,
  onChange: () => void,
): Promise<() => Promise<void>> {
  const { sysRoot = '/sys', createEmitter = createUsbEmitter } = options;
  const logger = options.logger.forService('devices');
  const failed = (error: unknown): void => {
    logger.warn(
      'usb.watch_failed',
      'USB events cannot be watched; microphones are found by scanning.',
      {
        error: messageOf(error),
      },
    );
  };
  try {
    await access(join(sysRoot, 'bus/usb/devices'));
  } catch {
    logger.info('usb.absent', 'This machine has no USB; microphones are found by scanning.');
    return () => Promise.resolve();
  }
  let emitter: UsbEmitter;
  try {
    emitter = await createEmitter();
    await emitter.addAttach(onChange);
    await emitter.addDetach(onChange);
  } catch (error) {
    failed(error);
    return () => Promise.resolve();
  }
  return async () => {
    await emitter.removeAttach().catch(failed);
    await emitter.removeDetach().catch(failed);
  };
}

/**
 * The package's WebUSB class throws its failures from a timer, where nothing can catch them; the emitter beneath it
 * rejects. Loaded late: a missing native part must not stop the station.
 */
async function createUsbEmitter(): Promise<UsbEmitter> {
  const { Emitter } = await import('usb/index.js');
  return new Emitter();
}
