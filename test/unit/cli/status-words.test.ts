import { expect, it } from 'vitest';
import type { StationClient } from '@shared/contract';
import type { RecorderStatus } from '@shared/model/recorder';
import { showStatus } from '@main/cli/queries';
import { sampleRecorder } from '../../support/sample-recorder';
import { sampleSnapshot } from '../../support/sample-snapshot';

const FAILED = {
  code: 'EXITED_UNASKED',
  detail: 'ffmpeg was killed (SIGKILL)',
  at: '2026-05-01T11:58:00.000Z',
} as const;

async function said(changes: Partial<RecorderStatus>): Promise<string> {
  const snapshot = sampleSnapshot({ recorders: [sampleRecorder(changes)] });
  const client = { station: { snapshot: () => Promise.resolve(snapshot) } };
  const lines: string[] = [];
  await showStatus(client as unknown as StationClient, false, {
    out: (line) => lines.push(line),
    err: () => undefined,
  });
  return lines.find((line) => line.includes('mic-1')) ?? '';
}

it('what failed before is told with its time, beside what records again', async () => {
  expect(await said({ lastError: FAILED })).toMatch(
    /RECORDING.*; it had failed at 2026-05-01T11:58:00\.000Z: EXITED_UNASKED: ffmpeg was killed/,
  );
});

it('what fails now is told as failing, with its time', async () => {
  const words = await said({ state: 'waiting', runId: null, lastError: FAILED });
  expect(words).toMatch(/NOT RECORDING, waiting.* EXITED_UNASKED: .*\(2026-05-01T11:58:00\.000Z\)/);
  expect(words).not.toMatch(/had failed/);
});

it('a capture that was taken over is told as such', async () => {
  expect(await said({ adopted: true })).toMatch(/RECORDING.*, taken over from an earlier console/);
  expect(await said({ adopted: false })).not.toMatch(/taken over/);
});
