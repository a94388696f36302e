import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openValue } from '@main/vault/sealed-value';

/** From verify.json of the Fernet specification. */
const KEY = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';
const TOKEN =
  'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';

function fernet(text: string, key: string): string {
  const bytes = Buffer.from(key, 'base64url');
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-128-cbc', bytes.subarray(16), iv);
  const head = Buffer.alloc(9);
  head[0] = 0x80;
  head.writeBigUInt64BE(1_780_000_000n, 1);
  const body = Buffer.concat([head, iv, cipher.update(text, 'utf8'), cipher.final()]);
  const mac = createHmac('sha256', bytes.subarray(0, 16)).update(body).digest();
  return Buffer.concat([body, mac]).toString('base64url');
}

describe('a value of the former system', () => {
  it('is opened as the specification of Fernet says', () => {
    expect(openValue(`enc:${TOKEN}`, KEY)).toBe('hello');
  });

  it.each(['pass word', 'ünï 🦇', '', 'x'.repeat(5000)])('gives back %j', (text) => {
    expect(openValue(`enc:${fernet(text, KEY)}`, KEY)).toBe(text);
  });

  it('that is plain stays as it is, with a key or without', () => {
    expect(openValue('plain', null)).toBe('plain');
    expect(openValue('encore', KEY)).toBe('encore');
  });

  it('says why it cannot be opened, without repeating it', () => {
    const other = randomBytes(32).toString('base64url');
    expect(() => openValue(`enc:${TOKEN}`, null)).toThrow(/ENCRYPTION_KEY is not set$/);
    expect(() => openValue(`enc:${TOKEN}`, 'a phrase')).toThrow(/no Fernet key/);
    expect(() => openValue(`enc:${TOKEN}`, other)).toThrow(/another key .* or damaged$/);
    const changed = `${TOKEN.slice(0, 60)}A${TOKEN.slice(61)}`;
    for (const damaged of ['', 'gAAA', changed, TOKEN.slice(0, -8), `B${TOKEN.slice(1)}`, '🦇']) {
      expect(() => openValue(`enc:${damaged}`, KEY)).toThrow(/another key .* or damaged$/);
    }
  });
});
