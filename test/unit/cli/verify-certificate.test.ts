import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { signCertificate } from '@main/coverage/certificate';
import { commandLine } from '../../support/command-line';
import { temporaryFolder } from '../../support/temporary-folder';

const KEY = generateKeyPairSync('ed25519').privateKey;
const OTHER_KEY = generateKeyPairSync('ed25519').privateKey;

afterEach(() => {
  vi.unstubAllEnvs();
});

async function certificate(): Promise<string> {
  const files = Array.from({ length: 50 }, (_, i) => ({
    path: `recorder/mic/data/raw/${String(i)}.wav`,
    time: new Date(i * 1000).toISOString(),
    durationS: 1,
    sizeBytes: 44,
    sha256: 'ab'.repeat(32),
    clock: 'synchronised' as const,
    recovered: false,
  }));
  const span = { from: new Date(0).toISOString(), to: new Date(50_000).toISOString() };
  const signed = await signCertificate(
    {
      version: 1,
      station: { id: 'id', name: 'Wald', latitude: null, longitude: null, software: 'test' },
      ...span,
      timezone: 'UTC',
      issuedAt: span.to,
      clockSynced: true,
      devices: [
        {
          device: 'mic',
          displayName: 'mic',
          simulated: false,
          scheduledS: 50,
          recordedS: 50,
          coverage: 1,
          scheduled: [span],
          recorded: [span],
          gaps: [],
          unsyncedS: 0,
          clockUnknownS: 0,
          recordings: 50,
          files,
        },
      ],
    },
    KEY,
  );
  const file = join(temporaryFolder(), 'night.json');
  writeFileSync(file, JSON.stringify(signed));
  return file;
}

describe('verifying against a data folder', () => {
  it('that is not there is one sentence and bad usage, not a word for every file', async () => {
    const { exitCode, out, err } = await commandLine([
      'verify-certificate',
      await certificate(),
      '--data',
      join(temporaryFolder(), 'nope'),
    ]);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: [] });
    expect(err).toEqual([expect.stringMatching(/nope cannot be compared with: there is no such/)]);
  });

  it('takes the one that the environment names, as every command does', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'station-key.pem'),
      OTHER_KEY.export({ type: 'pkcs8', format: 'pem' }),
    );
    vi.stubEnv('SILVASONIC_DATA', folder);
    const { exitCode, err } = await commandLine(['verify-certificate', await certificate()]);
    expect(exitCode).toBe(1);
    expect(err.join('\n')).toMatch(/another key than that of the station in the data folder/);
    vi.stubEnv('SILVASONIC_DATA', '');
    expect((await commandLine(['verify-certificate', await certificate()])).exitCode).toBe(0);
  });
});
