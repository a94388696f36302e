import { RcloneProvider, type RcloneProviderOptions } from '@main/cloud/rclone/rclone-provider';
import { systemClock } from '@main/clock/system-clock';
import { onTestFinished } from 'vitest';
import type { ServedRemote } from './served-remote';

/** rclone on the way to a remote, gone when the test is. */
export function providerFor(
  { type, options, secrets }: ServedRemote,
  wish: Partial<Omit<RcloneProviderOptions, 'remote'>> & { readonly basePath?: string } = {},
): RcloneProvider {
  const { basePath = 'silvasonic', ...others } = wish;
  const provider = new RcloneProvider({
    remote: { type, options, secrets, basePath },
    clock: systemClock,
    scrub: (text) => text,
    ...others,
  });
  onTestFinished(() => provider.close());
  return provider;
}
