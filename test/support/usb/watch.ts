// Run under plain Node by hotplug.py: watches USB, prints a line for each change, ends when its input does.
import { watchUsb } from '@main/devices/usb-hotplug';
import type { Logger } from '@main/logging/logger';

const quiet = (): void => undefined;
const fail = (_event: string, message: string, fields?: Record<string, unknown>): void => {
  console.log(message, fields);
};
const logger: Logger = {
  debug: quiet,
  info: fail,
  warn: fail,
  error: fail,
  forService: () => logger,
};

const end = await watchUsb({ logger }, () => {
  console.log('changed');
});
console.log('watching');
// With the watch ended nothing keeps the process alive.
process.stdin.resume().once('end', () => {
  void end();
});
