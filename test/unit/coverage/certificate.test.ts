import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Certificate, CertificateBody } from '@shared/model/coverage';
import { canonicalBytes, canonicalJson } from '@main/coverage/canonical-json';
import { signCertificate, verifyCertificate } from '@main/coverage/certificate';
import { certificateHtml } from '@main/coverage/certificate-html';
import { compareFiles, compareKey } from '@main/coverage/certified-files';
import { fileDigest } from '../../support/file-digest';
import { temporaryFolder } from '../../support/temporary-folder';

const KEY = generateKeyPairSync('ed25519').privateKey;
const OTHER_KEY = generateKeyPairSync('ed25519').privateKey;
const NOON = Date.UTC(2026, 10, 21, 11);
const instant = (s: number): string => new Date(NOON + s * 1000).toISOString();
const HOSTILE = '<script>alert("1")</script>\u202e\u0007 & \'Ö\' 🦇';

/** An hour of one microphone with two gaps. */
function body(): CertificateBody {
  const file = (fromS: number, durationS: number, n: number) => ({
    path: `recorder/mic/data/raw/${String(n)}.wav`,
    time: instant(fromS),
    durationS,
    sizeBytes: 44,
    sha256: 'ab'.repeat(32),
    clock: n === 2 ? ('not_synchronised' as const) : ('synchronised' as const),
    recovered: n === 3,
  });
  const gap = (fromS: number, toS: number, reason: 'unplugged' | 'unknown', detail = '') => ({
    device: 'mic',
    from: instant(fromS),
    to: instant(toS),
    seconds: toS - fromS,
    reason,
    detail,
  });
  return {
    version: 1,
    station: { id: '4b1f', name: HOSTILE, latitude: 52.5, longitude: null, software: 'test' },
    from: instant(0),
    to: instant(3600),
    timezone: 'Europe/Berlin',
    issuedAt: instant(4000),
    clockSynced: null,
    devices: [
      {
        device: 'mic',
        displayName: HOSTILE,
        simulated: true,
        scheduledS: 3600,
        recordedS: 3500,
        coverage: 3500 / 3600,
        scheduled: [{ from: instant(0), to: instant(3600) }],
        recorded: [
          { from: instant(0), to: instant(1000) },
          { from: instant(1060), to: instant(2000) },
          { from: instant(2040), to: instant(3600) },
        ],
        gaps: [gap(1000, 1060, 'unplugged', HOSTILE), gap(2000, 2040, 'unknown')],
        unsyncedS: 940,
        clockUnknownS: 0,
        recordings: 3,
        files: [file(-10, 1010, 1), file(1060, 940, 2), file(2040, 1570, 3)],
      },
    ],
  };
}

const check = (certificate: unknown) => verifyCertificate(JSON.stringify(certificate));

describe('a certificate', () => {
  it('is valid as it was signed, in whatever order its keys stand', async () => {
    const certificate = await signCertificate(body(), KEY);
    expect(check(certificate)).toMatchObject({ ok: true, problems: [] });
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, one]) => [key, reversed(one)]),
            )
          : value;
    expect(check(reversed(certificate)).ok).toBe(true);
    expect(verifyCertificate(JSON.stringify(certificate, null, 4)).ok).toBe(true);
  });

  it('is not valid once anything in it was changed', async () => {
    const certificate = await signCertificate(body(), KEY);
    const places: (readonly (string | number)[])[] = [];
    const walk = (value: unknown, path: readonly (string | number)[]): void => {
      if (typeof value === 'object' && value !== null) {
        for (const [key, one] of Object.entries(value)) walk(one, [...path, key]);
      } else places.push(path);
    };
    walk(certificate, []);
    expect(places.length).toBeGreaterThan(60);
    for (const path of places) {
      const copy = structuredClone(certificate) as unknown as Record<string, unknown>;
      let at: Record<string, unknown> = copy;
      for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
      const last = path.at(-1)!;
      const value = at[last];
      at[last] =
        typeof value === 'number'
          ? value + 1
          : typeof value === 'boolean'
            ? !value
            : typeof value === 'string'
              ? `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`
              : 1;
      expect(check(copy).ok, path.join('.')).toBe(false);
    }
  });

  it('is not valid with another key in it, or with none', async () => {
    const certificate = await signCertificate(body(), KEY);
    const { signature } = await signCertificate(body(), OTHER_KEY);
    expect(check({ ...certificate, signature }).ok).toBe(true); // another station's word
    for (const broken of [
      { ...certificate.signature, publicKey: signature.publicKey },
      { ...certificate.signature, publicKey: '' },
      { ...certificate.signature, value: '' },
      { ...certificate.signature, publicKey: 'bm9uc2Vuc2U=' },
    ]) {
      expect(check({ ...certificate, signature: broken })).toMatchObject({
        ok: false,
        problems: [expect.stringContaining('signature')],
      });
    }
  });

  it.each([
    ['', 'not JSON'],
    ['null', 'document'],
    ['[]', 'document'],
    ['{"version":1}', 'station'],
  ])('is not valid when it is %j', (text, problem) => {
    const { ok, problems, certificate } = verifyCertificate(text);
    expect({ ok, certificate }).toEqual({ ok: false, certificate: null });
    expect(problems.join('\n')).toContain(problem);
  });

  const device = (change: (device: CertificateBody['devices'][number]) => object) => {
    const original = body();
    return {
      ...original,
      devices: original.devices.map((one) => ({ ...one, ...change(one) })),
    } as CertificateBody;
  };
  const LIES: [string, CertificateBody, RegExp][] = [
    ['more recorded than there was', device(() => ({ recordedS: 3600, coverage: 1 })), /add up/],
    ['a gap left out', device((one) => ({ gaps: one.gaps.slice(1) })), /add up/],
    [
      'a shorter gap',
      device((one) => ({
        gaps: [{ ...one.gaps[0]!, seconds: 50 }, one.gaps[1]!],
        recordedS: 3510,
      })),
      /as long as it says|seconds are not/,
    ],
    ['another coverage', device(() => ({ coverage: 0.99 })), /coverage is not/],
    ['a file left out', device((one) => ({ files: one.files.slice(1) })), /files do not make up/],
    [
      'a file twice',
      device((one) => ({ files: [...one.files, one.files[0]!], recordings: 4 })),
      /file occurs twice/,
    ],
    [
      'a gap elsewhere',
      device((one) => ({
        gaps: one.gaps.map((gap, i) =>
          i === 0 ? { ...gap, from: instant(100), to: instant(160) } : gap,
        ),
      })),
      /where there are recordings/,
    ],
    ['an end before its beginning', { ...body(), to: instant(-1) }, /ends before it begins/],
    ['a time that was not over', { ...body(), issuedAt: instant(3599) }, /before the time/],
    ['a device twice', { ...body(), devices: [...body().devices, ...body().devices] }, /twice/],
  ];
  it.each(LIES)(
    'that contradicts itself by %s is not valid, though signed',
    async (_, lie, problem) => {
      const { ok, problems } = check(await signCertificate(lie, KEY));
      expect(ok).toBe(false);
      expect(problems.join('\n')).toMatch(problem);
      expect(problems.join('\n')).not.toMatch(/signature/);
    },
  );
});

describe('a certificate of recordings', () => {
  it('without a hash is valid, and says what cannot be told by it', async () => {
    const original = body();
    const devices = original.devices.map((device) => ({
      ...device,
      files: device.files.map((file, i) => (i === 0 ? { ...file, sha256: null } : file)),
    }));
    const { ok, notes } = check(await signCertificate({ ...original, devices }, KEY));
    expect(ok).toBe(true);
    expect(notes).toEqual([expect.stringMatching(/^mic: 1 of 3 files have no SHA-256/)]);
    expect(check(await signCertificate(original, KEY)).notes).toEqual([]);
  });

  it('whose file could not be read when it was signed is no problem when its files are compared', async () => {
    const root = temporaryFolder();
    const original = body();
    const path = join(root, original.devices[0]!.files[0]!.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'x'.repeat(44));
    const devices = original.devices.map((device) => ({
      ...device,
      files: device.files.slice(0, 1).map((file) => ({ ...file, sha256: null })),
    }));
    expect(await compareFiles(await signCertificate({ ...original, devices }, KEY), root)).toEqual(
      [],
    );
  });

  it('of a clock that nobody vouched for says so', async () => {
    const original = body();
    const devices = original.devices.map((device) => ({
      ...device,
      unsyncedS: 0,
      clockUnknownS: 940,
      files: device.files.map((file, i) =>
        i === 1 ? { ...file, clock: 'unknown' as const } : file,
      ),
    }));
    const html = certificateHtml(await signCertificate({ ...original, devices }, KEY), 'en');
    expect(html).toContain('clock not known');
    expect(html).toMatch(/nobody could tell whether the clock was right<\/dt><dd>940\.000 s/);
    expect(html).not.toContain('clock not synchronised');
  });

  it('of ninety thousand files is signed in turns, so that recorders get theirs in between', async () => {
    const original = body();
    const [device] = original.devices;
    const [file] = device!.files;
    const files = Array.from({ length: 90_000 }, (_, i) => ({
      ...file!,
      path: `${String(i)}.wav`,
    }));
    const big = { ...original, devices: [{ ...device!, files }] };
    let turns = 0;
    const count = (): void => {
      turns += 1;
      immediate = setImmediate(count);
    };
    let immediate = setImmediate(count);
    const bytes = await canonicalBytes(big);
    clearImmediate(immediate);
    expect(turns).toBeGreaterThan(90_000 / 500 - 2);
    const { signature } = await signCertificate(big, KEY);
    const value = Buffer.from(signature.value, 'base64');
    expect(verify(null, bytes, createPublicKey(KEY), value)).toBe(true);
  }, 60_000);
});

describe('canonical JSON', () => {
  it('is the same written at once and in turns', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        expect((await canonicalBytes(value)).toString()).toBe(canonicalJson(value));
      }),
    );
  });

  it('is JSON, the same for the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it('follows RFC 8785 in its own example', () => {
    expect(
      canonicalJson({
        numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
        string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
        literals: [null, true, false],
      }),
    ).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    expect(
      Object.keys(
        JSON.parse(canonicalJson({ '\u20ac': 1, '\r': 1, '1': 1, '😀': 1, '\ufb33': 1 })) as object,
      ),
    ).toEqual(['1', '\r', '\u20ac', '😀', '\ufb33']);
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError);
  });
});

describe('the files that a certificate names', () => {
  async function folderWith(content: string): Promise<{ root: string; certificate: Certificate }> {
    const root = temporaryFolder();
    const original = body();
    const [device] = original.devices;
    const files = device!.files.map((file) => {
      const path = join(root, file.path);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return { ...file, sizeBytes: content.length, sha256: fileDigest(path) };
    });
    return {
      root,
      certificate: await signCertificate({ ...original, devices: [{ ...device!, files }] }, KEY),
    };
  }

  it('are compared by size and hash; one that changed or is gone is told', async () => {
    const { root, certificate } = await folderWith('sound');
    expect(await compareFiles(certificate, root)).toEqual([]);
    writeFileSync(join(root, 'recorder/mic/data/raw/1.wav'), 'wound');
    writeFileSync(join(root, 'recorder/mic/data/raw/2.wav'), 'sounds');
    expect(await compareFiles(certificate, root)).toEqual([
      expect.stringMatching(/1\.wav: it was changed/),
      expect.stringMatching(/2\.wav: it holds 6 bytes, not 5/),
    ]);
    expect(await compareFiles(certificate, temporaryFolder())).toEqual(
      [1, 2, 3].map((n): unknown => expect.stringMatching(`${String(n)}\\.wav: it is not there`)),
    );
  });

  it.each([
    '../../etc/passwd',
    '/etc/passwd',
    'recorder/../../../etc/passwd',
    'station.db',
    'recorder/\0',
  ])('are never read outside the recordings: %j', async (path) => {
    const { root, certificate } = await folderWith('sound');
    const [device] = certificate.devices;
    const hostile = {
      ...certificate,
      devices: [{ ...device!, files: [{ ...device!.files[0]!, path }] }],
    };
    expect(await compareFiles(hostile, root)).toEqual([
      expect.stringMatching(/no place of a recording/),
    ]);
  });

  it('come from the station whose key lies there', async () => {
    const { root, certificate } = await folderWith('sound');
    const file = join(root, 'station-key.pem');
    expect(await compareKey(certificate, file)).toBeNull();
    writeFileSync(file, KEY.export({ type: 'pkcs8', format: 'pem' }));
    expect(await compareKey(certificate, file)).toEqual([]);
    writeFileSync(file, OTHER_KEY.export({ type: 'pkcs8', format: 'pem' }));
    expect(await compareKey(certificate, file)).toEqual([expect.stringMatching(/another key/)]);
  });
});

describe('a certificate to be printed', () => {
  it.each(['en', 'de'] as const)(
    '(%s) holds every gap and file, and no markup of others',
    async (language) => {
      const certificate = await signCertificate(body(), KEY);
      const html = certificateHtml(certificate, language);
      expect(html).toContain(`<html lang="${language}">`);
      expect(html).not.toMatch(/<script|\u202e|undefined|NaN|https?:/);
      expect(html).not.toContain('\u0007');
      expect(html).toContain('&lt;script&gt;');
      expect(html.match(/<tr><td>/g)).toHaveLength(2 + 3);
      // Grey ground, three stretches, two gaps.
      expect(html.match(/<rect /g)).toHaveLength(6);
      for (const file of certificate.devices[0]!.files) expect(html).toContain(file.path);
      expect(html).toContain(language === 'en' ? '97.2222 %' : '97,2222 %');
      // Nobody has to guess which number is the month.
      expect(html).toContain('2026-11-21 12:00:00.000');
      expect(html).not.toContain('11/21/2026');
    },
  );

  it('never rounds up to a hundred', async () => {
    const one = body();
    const devices = one.devices.map((device) => ({ ...device, coverage: 0.99999999 }));
    expect(certificateHtml(await signCertificate({ ...one, devices }, KEY), 'en')).toContain(
      '99.9999 %',
    );
  });
});
