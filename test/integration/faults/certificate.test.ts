import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Certificate, certificateSchema } from '@shared/model/coverage';
import { toInstant } from '@shared/model/time';
import { signCertificate } from '@main/coverage/certificate';
import { fingerprint } from '@main/coverage/station-key';
import { station } from '../../support/built-console';
import { capturesNow } from '../../support/capture-watch';
import { endCaptures } from '../../support/captures';
import { type Line, runConsole, type RunningConsole } from '../../support/running-console';
import { temporaryFolder } from '../../support/temporary-folder';

const DEVICE = 'sim-1';

let dataDir: string;
let console_: RunningConsole;
/** The certificate of a stretch with two gaps that were staged: a killed capture, and a killed machine. */
let file: string;
let certificate: Certificate;

function consoleOn(folder: string): RunningConsole {
  const profile = ['--profile', 'generic_usb', '--segment', '1s'];
  return runConsole(['--data', folder, '--simulate', '1', ...profile]);
}

/** Waits for one more recording. @returns when it began, UTC milliseconds */
async function nextRecording(): Promise<number> {
  const before = console_.lines.length;
  const isNew = (line: Line): boolean =>
    line['type'] === 'recording' && console_.lines.indexOf(line) >= before;
  return Date.parse(String((await console_.line(isNew))['time']));
}

async function verdict(path: string, ...more: string[]) {
  const { exitCode, stdout, stderr } = await station(['verify-certificate', path, ...more]);
  return { exitCode, said: `${stdout}\n${stderr}` };
}

/** A copy of the certificate with something changed in it. */
function changed(change: (document: Certificate) => unknown): string {
  const path = join(temporaryFolder(), 'changed.json');
  writeFileSync(path, JSON.stringify(change(structuredClone(certificate)), null, 2));
  return path;
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'silvasonic-test-'));
  console_ = consoleOn(dataDir);
  const fromMs = await nextRecording();
  await nextRecording();
  process.kill(capturesNow(dataDir)[0]!.pid, 'SIGKILL');
  await nextRecording();
  await nextRecording();
  await nextRecording();
  await nextRecording();
  // Both die at once, as when nobody is there any more.
  await console_.kill();
  await endCaptures(dataDir);
  console_ = consoleOn(dataDir);
  await nextRecording();
  await nextRecording();
  const toMs = (await nextRecording()) + 1_000;
  file = join(mkdtempSync(join(tmpdir(), 'silvasonic-test-')), 'night.json');
  const range = ['--from', toInstant(fromMs), '--to', toInstant(toMs), '--data', dataDir];
  await vi.waitFor(
    async () => {
      const { stdout } = await station(['certificate', ...range, '--json']);
      certificate = certificateSchema.parse(JSON.parse(stdout));
      expect(certificate.devices[0]!.files.map(({ sha256 }) => sha256)).not.toContain(null);
      expect(certificate.devices[0]!.gaps).toHaveLength(2);
    },
    { timeout: 20_000, interval: 200 },
  );
  const issued = await station(['certificate', ...range, '--out', file]);
  expect(issued.stderr).toBe('');
  certificate = certificateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
});

afterAll(async () => {
  await console_.kill();
  await endCaptures(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
  rmSync(join(file, '..'), { recursive: true, force: true });
});

describe('the certificate of a night in which things went wrong', () => {
  it('names each gap with its cause and its length, adds up to the whole night, and is valid with every file', async () => {
    const [device] = certificate.devices;
    expect(device).toMatchObject({ device: DEVICE, simulated: true });
    const { gaps, recordedS, scheduledS, files, coverage } = device!;
    expect(gaps.map(({ reason }) => reason)).toEqual(['capture_failed', 'console_stopped']);
    for (const gap of gaps) {
      const seconds = (Date.parse(gap.to!) - Date.parse(gap.from)) / 1000;
      expect(gap.seconds).toBeCloseTo(seconds, 2);
      expect(seconds).toBeGreaterThan(0.1);
    }
    const missingS = gaps.reduce((sum, { seconds }) => sum + seconds, 0);
    expect(recordedS + missingS).toBeCloseTo(scheduledS, 2);
    expect(coverage).toBeCloseTo(recordedS / scheduledS, 4);
    // The two that were being written when they died were repaired, and it says so.
    expect(files.filter(({ recovered }) => recovered)).toHaveLength(2);
    const { exitCode, said } = await verdict(file, '--data', dataDir);
    expect(said).toMatch(/^Valid: .* 1 device, \d+ files, all there and unchanged\./);
    expect(exitCode).toBe(0);
  });

  it.each<readonly [string, (document: Certificate) => unknown, RegExp]>([
    [
      'with a gap made shorter',
      (document) => {
        document.devices[0]!.gaps[0]!.seconds -= 1;
        return document;
      },
      /signature does not fit[\s\S]*sim-1: .*do not add up/,
    ],
    [
      'with a gap taken out and its time called recorded',
      (document) => {
        const [device] = document.devices;
        const [gap] = device!.gaps.splice(0, 1);
        device!.recordedS += gap!.seconds;
        device!.coverage = device!.recordedS / device!.scheduledS;
        device!.recorded = [{ from: document.from, to: device!.gaps[0]!.from }];
        return document;
      },
      /signature does not fit[\s\S]*sim-1: .*files do not make up the recorded time/,
    ],
    [
      'with another hash in it',
      (document) => {
        document.devices[0]!.files[0]!.sha256 = 'ab'.repeat(32);
        return document;
      },
      /signature does not fit/,
    ],
    [
      'with another public key in it',
      (document) => {
        const { publicKey } = generateKeyPairSync('ed25519');
        const der = publicKey.export({ type: 'spki', format: 'der' });
        return {
          ...document,
          signature: { ...document.signature, publicKey: der.toString('base64') },
        };
      },
      /signature does not fit/,
    ],
  ])('%s is refused, and it says what is wrong and where', async (_, change, why) => {
    const { exitCode, said } = await verdict(changed(change));
    expect(said).toMatch(why);
    expect(said).toMatch(/changed\.json is not valid\./);
    expect(exitCode).toBe(1);
  });

  it('signed anew by somebody else is sound in itself, and refused where the station’s own key is known', async () => {
    const { signature, ...body } = certificate;
    expect(signature.algorithm).toBe('Ed25519');
    const another = await signCertificate(body, generateKeyPairSync('ed25519').privateKey);
    const forged = changed(() => another);
    const unchecked = await verdict(forged);
    expect(unchecked.exitCode).toBe(0);
    expect(unchecked.said).toMatch(/The key was not checked.*--key FINGERPRINT or --data DIR/);
    const own = fingerprint(signature.publicKey);
    const byKey = await verdict(forged, '--key', own);
    expect(byKey.said).toMatch(/It was signed by another key: SHA256:/);
    expect(byKey.exitCode).toBe(1);
    const sound = await verdict(file, '--key', own);
    expect(sound.said).not.toMatch(/not checked/);
    expect(sound.exitCode).toBe(0);
    expect((await verdict(file, '--key', 'whatever')).exitCode).toBe(2);
    const { exitCode, said } = await verdict(forged, '--data', dataDir);
    expect(said).toMatch(/signed by another key than that of the station in the data folder/);
    expect(exitCode).toBe(1);
  });

  it.each<readonly [string, (path: string) => void, RegExp]>([
    [
      'in which one sample was changed',
      (path) => {
        const bytes = readFileSync(path);
        bytes.writeInt16LE(bytes.readInt16LE(20_000) ^ 1, 20_000);
        writeFileSync(path, bytes);
      },
      /: it was changed: its SHA-256 is another one\./,
    ],
    [
      'that was cut',
      (path) => {
        writeFileSync(path, readFileSync(path).subarray(0, 20_000));
      },
      /: it holds 20000 bytes, not \d+\./,
    ],
    ['that was deleted', rmSync, /: it is not there|: .*missing|: .*no such/i],
  ])('names the recording %s', async (_, spoil, why) => {
    const { path } = certificate.devices[0]!.files[1]!;
    const place = join(dataDir, path);
    const kept = join(temporaryFolder(), 'kept.wav');
    writeFileSync(kept, readFileSync(place));
    onTestFinished(() => {
      const back = `${place}.back`;
      writeFileSync(back, readFileSync(kept));
      renameSync(back, place);
    });
    spoil(place);
    const { exitCode, said } = await verdict(file, '--data', dataDir);
    expect(said).toContain(path);
    expect(said).toMatch(why);
    expect(exitCode).toBe(1);
  });
});
