import type { Enrollment, MatchCandidate, MatchReason } from '@shared/model/device';
import { FALLBACK_PROFILE_SLUG, type Profile } from '@shared/model/profile';

/** What a microphone is recognised by. */
export interface MatchFacts {
  readonly usbVendorId: string | null;
  readonly usbProductId: string | null;
  /** ALSA's names for the card; the first one is shown as evidence. */
  readonly alsaNames: readonly string[];
  readonly hasVideo: boolean;
}

export interface EnrollmentDecision {
  readonly enrollment: Exclude<Enrollment, 'ignored'>;
  readonly profileSlug: string | null;
  readonly matchReason: MatchReason;
}

/**
 * Which profile a microphone gets, and whether it records without asking.
 * @param autoEnrollment the setting `system.auto_enrollment`; when off, a person confirms every microphone
 */
export function decideEnrollment(
  facts: MatchFacts,
  profiles: readonly Profile[],
  autoEnrollment: boolean,
): EnrollmentDecision {
  const candidates = matchProfiles(facts, profiles);
  const score = candidates[0]?.score ?? 0;
  const best = candidates.filter((candidate) => candidate.score === score);
  const fallback = profiles.some((p) => p.slug === FALLBACK_PROFILE_SLUG)
    ? FALLBACK_PROFILE_SLUG
    : null;
  const only = best.length === 1 ? (best[0]?.slug ?? null) : null;
  const decide = (
    outcome: MatchReason['outcome'],
    enrolled: boolean,
    profileSlug: string | null,
  ): EnrollmentDecision => ({
    enrollment: enrolled && profileSlug !== null ? 'enrolled' : 'pending',
    profileSlug,
    matchReason: { outcome, score, candidates },
  });

  if (facts.hasVideo)
    return decide('not_for_capture', false, best.length > 1 ? null : (only ?? fallback));
  if (best.length > 1) return decide('tie', false, null);
  if (only === null) return decide('fallback', autoEnrollment, fallback);
  if (score === 50) return decide('alsa_name', false, only);
  return autoEnrollment ? decide('usb_id', true, only) : decide('auto_enrollment_off', false, only);
}

/** Every profile that recognises the microphone, best first. */
export function matchProfiles(facts: MatchFacts, profiles: readonly Profile[]): MatchCandidate[] {
  return profiles
    .map((profile) => matchProfile(facts, profile))
    .filter((candidate) => candidate !== null)
    .sort((a, b) => b.score - a.score || (a.slug < b.slug ? -1 : 1));
}

function matchProfile(facts: MatchFacts, profile: Profile): MatchCandidate | null {
  const { usb_vendor_id, usb_product_id, alsa_name_contains } = profile.audio.match;
  const { usbVendorId, usbProductId } = facts;
  const sameVendor = usb_vendor_id !== null && usb_vendor_id === usbVendorId;
  if (sameVendor && usbProductId !== null && usb_product_id.includes(usbProductId)) {
    return { slug: profile.slug, score: 100, evidence: `${usb_vendor_id}:${usbProductId}` };
  }
  // A vendor without products narrows the name: "Scarlett" counts only on a Focusrite.
  if (usb_vendor_id !== null && usb_product_id.length === 0 && !sameVendor) return null;
  const wanted = alsa_name_contains?.toLowerCase();
  if (wanted === undefined || !facts.alsaNames.some((name) => name.toLowerCase().includes(wanted)))
    return null;
  return { slug: profile.slug, score: 50, evidence: alsa_name_contains ?? '' };
}
