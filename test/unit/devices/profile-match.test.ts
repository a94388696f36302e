import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profileSchema, type Profile } from '@shared/model/profile';
import { decideEnrollment, matchProfiles, type MatchFacts } from '@main/devices/profile-match';
import { readProfileSeeds } from '@main/profiles/profile-seeds';

const seeds = await readProfileSeeds(resolve('resources/profiles'));

function profile(slug: string, match: Partial<Profile['audio']['match']>): Profile {
  return profileSchema.parse({
    slug,
    name: slug,
    audio: { sample_rate: 48_000, channels: 1, format: 'S16LE', match },
  });
}

function facts(usbId: string | null, name: string, more: Partial<MatchFacts> = {}): MatchFacts {
  const [usbVendorId = null, usbProductId = null] = usbId?.split(':') ?? [];
  return { usbVendorId, usbProductId, alsaNames: [name], hasVideo: false, ...more };
}

const generic = profile('generic_usb', {});
const bat = profile('bat', { usb_vendor_id: '0869', usb_product_id: ['0389'] });
const moth = profile('moth', { alsa_name_contains: 'AudioMoth' });

describe('matching a microphone with profiles', () => {
  it('enrols at once when vendor and product are one profile’s', () => {
    expect(decideEnrollment(facts('0869:0389', 'x'), [generic, bat], true)).toEqual({
      enrollment: 'enrolled',
      profileSlug: 'bat',
      matchReason: {
        outcome: 'usb_id',
        score: 100,
        candidates: [{ slug: 'bat', score: 100, evidence: '0869:0389' }],
      },
    });
  });

  it('waits for a person when automatic enrolment is off', () => {
    const decision = decideEnrollment(facts('0869:0389', 'x'), [generic, bat], false);
    expect(decision).toMatchObject({ enrollment: 'pending', profileSlug: 'bat' });
    expect(decision.matchReason.outcome).toBe('auto_enrollment_off');
  });

  it('suggests and waits when only the ALSA name fits, in whatever case', () => {
    const decision = decideEnrollment(
      facts('ffff:0001', '48khz AUDIOMOTH usb'),
      [generic, moth],
      true,
    );
    expect(decision).toMatchObject({ enrollment: 'pending', profileSlug: 'moth' });
    expect(decision.matchReason).toMatchObject({ outcome: 'alsa_name', score: 50 });
  });

  it('records an unknown microphone with the generic profile', () => {
    expect(decideEnrollment(facts('1234:5678', 'Thing'), [generic, bat], true)).toEqual({
      enrollment: 'enrolled',
      profileSlug: 'generic_usb',
      matchReason: { outcome: 'fallback', score: 0, candidates: [] },
    });
    expect(decideEnrollment(facts('1234:5678', 'Thing'), [generic, bat], false).enrollment).toBe(
      'pending',
    );
  });

  it('waits without a profile when there is none at all', () => {
    expect(decideEnrollment(facts('1234:5678', 'Thing'), [], true)).toMatchObject({
      enrollment: 'pending',
      profileSlug: null,
    });
  });

  it('lets a person decide a tie, and shows both reasons', () => {
    const twin = { ...bat, slug: 'bat2' };
    const decision = decideEnrollment(facts('0869:0389', 'x'), [generic, bat, twin], true);
    expect(decision).toMatchObject({ enrollment: 'pending', profileSlug: null });
    expect(decision.matchReason).toMatchObject({
      outcome: 'tie',
      candidates: [{ slug: 'bat' }, { slug: 'bat2' }],
    });
  });

  it('prefers ids to names', () => {
    const decision = decideEnrollment(facts('0869:0389', 'AudioMoth'), [moth, bat], true);
    expect(decision).toMatchObject({ enrollment: 'enrolled', profileSlug: 'bat' });
    expect(decision.matchReason.candidates).toHaveLength(2);
  });

  it('leaves a webcam to a person, with a profile ready', () => {
    const decision = decideEnrollment(
      facts('046d:082d', 'HD Pro Webcam C920', { hasVideo: true }),
      [generic],
      true,
    );
    expect(decision).toMatchObject({ enrollment: 'pending', profileSlug: 'generic_usb' });
    expect(decision.matchReason.outcome).toBe('not_for_capture');
  });

  it('takes a profile’s vendor without products as a condition on its name', () => {
    const scarlett = profile('scarlett', { usb_vendor_id: '1235', alsa_name_contains: 'Scarlett' });
    expect(matchProfiles(facts('1235:8210', 'Scarlett 2i2 USB'), [scarlett])).toHaveLength(1);
    expect(matchProfiles(facts('9999:8210', 'Scarlett 2i2 USB'), [scarlett])).toEqual([]);
    expect(matchProfiles(facts('1235:8210', 'Clarett'), [scarlett])).toEqual([]);
  });

  it.each([
    ['0869:0389', 'UltraMic384K_EVO 16bit r0', 'ultramic_384_evo', 'enrolled'],
    ['0869:0308', 'UltraMic 192K 16 bit r4', 'ultramic_192k', 'enrolled'],
    ['16d0:06f3', '384kHz AudioMoth USB Microphone', 'audiomoth_usb', 'enrolled'],
    ['ffff:0000', 'Pettersson u384 USB Ultrasound Microphone', 'pettersson_usb_384', 'pending'],
    ['19f7:0003', 'RODE NT-USB', 'rode_nt_usb', 'enrolled'],
    ['1235:8210', 'Scarlett 2i2 USB', 'focusrite_scarlett', 'pending'],
    ['1397:0507', 'UMC202HD 192k', 'behringer_uphoria', 'enrolled'],
    ['1397:0508', 'UMC204HD 192k', 'behringer_uphoria', 'enrolled'],
    ['1397:0509', 'UMC404HD 192k', 'behringer_umc404hd', 'enrolled'],
    ['0d8c:0014', 'USB PnP Audio Device', 'generic_usb', 'enrolled'],
  ])('knows %s %s by the profiles that ship', (usbId, name, slug, enrollment) => {
    expect(decideEnrollment(facts(usbId, name), seeds, true)).toMatchObject({
      profileSlug: slug,
      enrollment,
    });
  });

  it('never enrols a tie, a webcam, a mere name, or anything when a person confirms all', () => {
    const id = fc.constantFrom('0869', '16d0', 'ffff');
    const anyProfile = fc.record({
      usb_vendor_id: fc.option(id),
      usb_product_id: fc.array(id, { maxLength: 2 }),
      alsa_name_contains: fc.option(fc.constantFrom('moth', 'ultra', 'x')),
    });
    fc.assert(
      fc.property(
        fc.array(anyProfile, { maxLength: 5 }),
        fc.record({
          usbVendorId: fc.option(id),
          usbProductId: fc.option(id),
          alsaNames: fc.array(fc.constantFrom('AudioMoth', 'UltraMic', 'X'), { maxLength: 2 }),
          hasVideo: fc.boolean(),
        }),
        fc.boolean(),
        (matches, microphone, autoEnrollment) => {
          const profiles = [...matches.map((match, n) => profile(`p${String(n)}`, match)), generic];
          const decision = decideEnrollment(microphone, profiles, autoEnrollment);
          const { outcome, score, candidates } = decision.matchReason;
          const best = candidates.filter((candidate) => candidate.score === score);
          if (decision.enrollment === 'enrolled') {
            expect(autoEnrollment).toBe(true);
            expect(microphone.hasVideo).toBe(false);
            expect(decision.profileSlug).not.toBeNull();
            expect(['usb_id', 'fallback']).toContain(outcome);
            expect(score === 0 || (score === 100 && best.length === 1)).toBe(true);
          }
          if (best.length > 1) expect(decision.profileSlug).toBeNull();
          // The order in which profiles are listed decides nothing.
          expect(decideEnrollment(microphone, profiles.toReversed(), autoEnrollment)).toEqual(
            decision,
          );
        },
      ),
    );
  });
});
