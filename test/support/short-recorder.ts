import { expect, vi } from 'vitest';
import type { RecorderStatus } from '@shared/model/recorder';
import { profileOf } from './profile';
import type { TestStation } from './test-station';

export const SHORT_RATE = 48_000;

/**
 * Adds a simulated sweep microphone, 48 kHz mono 16 bit, whose every sample is known, in segments of a second
 * unless said otherwise. @returns its name
 */
export async function addSweep(
  test: TestStation,
  parts: Parameters<typeof profileOf>[1] = {},
): Promise<string> {
  await test.client.profiles.create(profileOf('short', parts));
  const { name } = await test.client.devices.addSimulated({ profileSlug: 'short' });
  return name;
}

/** Waits until a recorder's status fits, and gives it. */
export async function statusWhen(
  test: TestStation,
  device: string,
  expected: Partial<RecorderStatus>,
  timeoutMs = 20_000,
): Promise<RecorderStatus> {
  return vi.waitFor(
    () => {
      const status = test.recorder(device);
      expect(status).toMatchObject(expected);
      return status;
    },
    { timeout: timeoutMs, interval: 10 },
  );
}

/** Waits until the present run of a recorder has kept so many segments. */
export async function segmentsKept(
  test: TestStation,
  device: string,
  count: number,
  timeoutMs = 20_000,
): Promise<RecorderStatus> {
  return vi.waitFor(
    () => {
      const status = test.recorder(device);
      expect(status.segmentsPromoted).toBeGreaterThanOrEqual(count);
      return status;
    },
    { timeout: timeoutMs, interval: 20 },
  );
}
