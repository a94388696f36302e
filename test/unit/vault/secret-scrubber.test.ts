import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretScrubber } from '@main/vault/secret-scrubber';

function knowing(...secrets: string[]): SecretScrubber {
  const scrubber = new SecretScrubber();
  for (const secret of secrets) scrubber.learn(secret);
  return scrubber;
}

describe('the scrubber', () => {
  it('leaves what it does not know', () => {
    expect(new SecretScrubber().scrub('hunter2')).toBe('hunter2');
    expect(knowing('hunter2').scrub('nothing here')).toBe('nothing here');
  });

  it('hides a secret in every spelling that programs use', () => {
    const secret = 'p@ss "wörd"/+&';
    const scrubber = knowing(secret);
    const spellings = [
      secret,
      encodeURIComponent(secret),
      encodeURIComponent(secret).replaceAll('%20', '+'),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
    ];
    for (const spelling of spellings) {
      expect(scrubber.scrub(`a ${spelling} b ${spelling}`)).toBe('a [hidden] b [hidden]');
    }
  });

  it('hides the longer of two that begin alike as a whole', () => {
    expect(knowing('secret', 'secret-of-more').scrub('secret-of-more secret')).toBe(
      '[hidden] [hidden]',
    );
  });

  it('knows what is inside a token', () => {
    const token = { access_token: 'at-12345', refresh_token: 'rt-12345', token_type: 'Bearer' };
    const said = knowing(JSON.stringify(token)).scrub('Bearer at-12345, then rt-12345');
    expect(said).toBe('Bearer [hidden], then [hidden]');
  });

  it('does not tear words for a secret of three letters', () => {
    expect(knowing('the').scrub('the other')).toBe('the other');
  });

  it('never lets one through that it has learnt, whatever surrounds it', () => {
    const secret = fc
      .string({ minLength: 4, maxLength: 30 })
      .filter((text) => !'[hidden]'.includes(text));
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (hidden, before, after) => {
        fc.pre(!`[hidden]${after}`.includes(hidden) && !`${before}[hidden]`.includes(hidden));
        fc.pre(!`${before}[hidden]${after}`.includes(hidden));
        expect(knowing(hidden).scrub(before + hidden + after)).not.toContain(hidden);
      }),
    );
  });
});
