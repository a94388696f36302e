import type { IdentityBasis } from '@shared/model/device';
import { safeNamePart } from '../files/safe-name-part';
import type { CaptureCard, UsbFacts } from './capture-card';

/** The name under which a card is known, and what the name rests on. */
export interface Identity {
  readonly name: string;
  readonly basis: IdentityBasis;
  /** Its serial number was seen on two devices at once: it is known by its port instead. */
  readonly ambiguous: boolean;
}

/**
 * Names every card: `{vid}-{pid}-{serial}`, else `{vid}-{pid}-port{bus path}`, else `alsa-card{n}`. No two cards get
 * the same name.
 * @param knownAmbiguous claims (see `claimOf`) that two devices made at once in the past: one of them alone must not
 *   take the name back, for nobody can tell which of the two it is
 */
export function identify(
  cards: readonly CaptureCard[],
  knownAmbiguous: ReadonlySet<string> = new Set(),
): ReadonlyMap<CaptureCard, Identity> {
  const claims = new Map<string, number>();
  for (const card of cards) {
    const claim = claimOf(card.usb);
    if (claim !== null) claims.set(claim, (claims.get(claim) ?? 0) + 1);
  }
  const taken = new Set<string>();
  const identities = new Map<CaptureCard, Identity>();
  for (const card of cards) {
    const claim = claimOf(card.usb);
    const ambiguous = claim !== null && ((claims.get(claim) ?? 0) > 1 || knownAmbiguous.has(claim));
    const identity = candidates(card, claim, ambiguous).find(({ name }) => !taken.has(name));
    if (identity === undefined) continue;
    taken.add(identity.name);
    identities.set(card, identity);
  }
  return identities;
}

/** `{vid}-{pid}-{serial}` of a device that has a serial number worth the word, else null. */
export function claimOf(
  usb: Pick<UsbFacts, 'vendorId' | 'productId' | 'serial'> | null,
): string | null {
  if (usb === null || usb.serial === null || isPlaceholder(usb.serial)) return null;
  return `${usb.vendorId}-${usb.productId}-${safeNamePart(usb.serial, /^port/i)}`;
}

/** The names that a card could have, best first. The last one is unique to it. */
function candidates(card: CaptureCard, claim: string | null, ambiguous: boolean): Identity[] {
  const names: Identity[] = [];
  if (claim !== null && !ambiguous) names.push({ name: claim, basis: 'serial', ambiguous });
  const { usb } = card;
  if (usb !== null && usb.busPath !== null) {
    const name = `${usb.vendorId}-${usb.productId}-port${usb.busPath}`;
    names.push({ name, basis: 'port', ambiguous });
    if (usb.interfaceNumber !== null) {
      names.push({ name: `${name}-if${String(usb.interfaceNumber)}`, basis: 'port', ambiguous });
    }
  }
  return [...names, { name: `alsa-card${String(card.index)}`, basis: 'card', ambiguous }];
}

/**
 * Serial numbers that makers forget to fill in; they would make every unit of a model the same device. Serial numbers
 * that look real but are shared by all units are found when two are plugged in at once (`ambiguous`).
 */
function isPlaceholder(serial: string): boolean {
  const text = serial.trim().toLowerCase();
  const bare = text.replace(/[^\p{L}\p{N}]/gu, '');
  return (
    text.length === 0 ||
    // One character over and over: zeros, f, x, spaces, dashes.
    /^(.)\1*$/u.test(bare === '' ? text : bare) ||
    /^0?123456789(0|a(bcdef)?|abcdef.*)?$/.test(bare) ||
    /^(1234|12345|123456|1234567|12345678|87654321|abcdef|deadbeef)$/.test(bare) ||
    /^(none|null|na|nil|unknown|undefined|default|serial|serialnumber|sn|tobefilledbyoem|usbaudio)$/.test(
      bare,
    )
  );
}

/**
 * A folder name for a device: its own name, unless a folder of that name exists, in whatever case (the data disk may
 * be one that does not tell `a` from `A`).
 */
export function workspaceFor(name: string, taken: Iterable<string>): string {
  const lower = new Set([...taken].map((folder) => folder.toLowerCase()));
  let folder = name;
  for (let n = 2; lower.has(folder.toLowerCase()); n++) folder = `${name}_${String(n)}`;
  return folder;
}
