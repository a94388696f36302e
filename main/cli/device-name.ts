import { InvalidArgumentError } from 'commander';
import { deviceNameSchema } from '@shared/model/device';

/** The name of a microphone. @throws commander's InvalidArgumentError */
export function deviceName(text: string): string {
  const parsed = deviceNameSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('Expected the name of a microphone, of 200 characters at most.');
}
