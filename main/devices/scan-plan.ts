import type { Profile } from '@shared/model/profile';
import { pcmOf, type CaptureCard } from './capture-card';
import type { DeviceRow } from './device-row';
import { claimOf, identify, workspaceFor, type Identity } from './identity';
import { decideEnrollment, type MatchFacts } from './profile-match';

export interface ScanFacts {
  /** Every device known, removed ones too. */
  readonly rows: ReadonlyMap<string, DeviceRow>;
  readonly cards: readonly CaptureCard[];
  /** Since when (monotonic ms) devices are missing that still count as online. */
  readonly missingSince: ReadonlyMap<string, number>;
  readonly monotonicMs: number;
  readonly wallMs: number;
  /** A device that is back within this time has only flapped. */
  readonly graceMs: number;
  readonly profiles: readonly Profile[];
  readonly autoEnrollment: boolean;
  /** Profiles or the auto-enrolment setting changed: match again where no person has decided. */
  readonly rematch: boolean;
}

export interface ScanPlan {
  /** The state of every device that is present or whose state changes. */
  readonly rows: readonly DeviceRow[];
  readonly missingSince: ReadonlyMap<string, number>;
}

/** What a scan means for the devices. People's choices (enrolment, profile, switch, name) are never changed. */
export function planScan(facts: ScanFacts): ScanPlan {
  const planned = new Map<string, DeviceRow>();
  const present = identify(facts.cards, ambiguousClaims(facts.rows.values()));
  const workspaces = new Set([...facts.rows.values()].map((row) => row.workspace));
  for (const [card, identity] of present) {
    const known = facts.rows.get(identity.name);
    const row =
      known === undefined
        ? newRow(card, identity, facts, workspaceFor(identity.name, workspaces))
        : seenRow(known, card, identity, facts);
    workspaces.add(row.workspace);
    planned.set(row.name, row);
  }

  const pcms = new Set(facts.cards.map(pcmOf));
  const missingSince = new Map<string, number>();
  for (const row of facts.rows.values()) {
    if (row.kind !== 'usb' || planned.has(row.name)) continue;
    if (row.presence === 'offline') continue;
    const since = facts.missingSince.get(row.name) ?? facts.monotonicMs;
    // Another microphone has taken its place in ALSA: opening this one now would record the other.
    const replaced = row.pcm !== null && pcms.has(row.pcm);
    if (replaced || facts.monotonicMs - since >= facts.graceMs) {
      planned.set(row.name, {
        ...row,
        presence: 'offline',
        alsaCardIndex: null,
        alsaCardId: null,
        pcm: null,
      });
    } else {
      missingSince.set(row.name, since);
    }
  }

  if (facts.rematch) {
    for (const row of facts.rows.values()) {
      if (row.kind !== 'usb' || planned.has(row.name)) continue;
      planned.set(row.name, rematched(row, matchFactsOfRow(row), facts));
    }
  }
  return { rows: [...planned.values()], missingSince };
}

/** Claims that two devices made at once, now or in the past. */
function ambiguousClaims(rows: Iterable<DeviceRow>): Set<string> {
  const claims = new Set<string>();
  for (const row of rows) {
    const { ambiguous, usbVendorId, usbProductId, usbSerial } = row;
    if (!ambiguous || usbVendorId === null || usbProductId === null) continue;
    const claim = claimOf({ vendorId: usbVendorId, productId: usbProductId, serial: usbSerial });
    if (claim !== null) claims.add(claim);
  }
  return claims;
}

function newRow(
  card: CaptureCard,
  identity: Identity,
  facts: ScanFacts,
  workspace: string,
): DeviceRow {
  // A device that became ambiguous gets a new name; what people decided for the old one holds for it.
  const claim = identity.ambiguous ? claimOf(card.usb) : null;
  const former = claim === null ? undefined : facts.rows.get(claim);
  const decision =
    former ?? decideEnrollment(matchFacts(card), facts.profiles, facts.autoEnrollment);
  return {
    name: identity.name,
    displayName: former?.displayName ?? displayNameOf(card),
    kind: 'usb',
    ...hardware(card, identity),
    offers: card.offers,
    simulatedSource: null,
    simulatedFile: null,
    presence: 'online',
    flaps: 0,
    enrollment: decision.enrollment,
    enabled: former?.enabled ?? true,
    profileSlug: decision.profileSlug,
    schedule: former?.schedule ?? { kind: 'always' },
    pausedUntilMs: former?.pausedUntilMs ?? null,
    matchReason: decision.matchReason,
    workspace,
    removedAtMs: null,
    firstSeenAtMs: facts.wallMs,
    lastSeenAtMs: facts.wallMs,
  };
}

function seenRow(
  known: DeviceRow,
  card: CaptureCard,
  identity: Identity,
  facts: ScanFacts,
): DeviceRow {
  const flapped = facts.missingSince.has(known.name);
  const row: DeviceRow = {
    ...known,
    ...hardware(card, identity),
    presence: 'online',
    flaps: known.flaps + (flapped ? 1 : 0),
    removedAtMs: null,
    lastSeenAtMs: facts.wallMs,
  };
  // Under a card number, other hardware may sit today than yesterday.
  const isOther =
    identity.basis === 'card' &&
    (known.usbVendorId !== row.usbVendorId ||
      known.usbProductId !== row.usbProductId ||
      known.alsaName !== row.alsaName);
  // A card that does not tell for a moment can still do what it could: a capture must not end over that.
  const here = { ...row, offers: card.offers ?? (isOther ? null : known.offers) };
  return facts.rematch || isOther ? rematched(here, matchFacts(card), facts) : here;
}

/**
 * Matches a device again. What a person decided stands; and nothing that records without a person's word stops
 * recording because a profile was added.
 */
function rematched(row: DeviceRow, matchFacts: MatchFacts, facts: ScanFacts): DeviceRow {
  const { outcome } = row.matchReason;
  if (row.enrollment === 'ignored' || outcome === 'user' || outcome === 'added') return row;
  const decision = decideEnrollment(matchFacts, facts.profiles, facts.autoEnrollment);
  if (row.enrollment === 'enrolled' && decision.enrollment !== 'enrolled') return row;
  return { ...row, ...decision };
}

function hardware(card: CaptureCard, identity: Identity) {
  return {
    identityBasis: identity.basis,
    ambiguous: identity.ambiguous,
    usbVendorId: card.usb?.vendorId ?? null,
    usbProductId: card.usb?.productId ?? null,
    usbSerial: card.usb?.serial ?? null,
    usbBusPath: card.usb?.busPath ?? null,
    alsaCardIndex: card.index,
    alsaCardId: card.id,
    alsaName: card.name,
    pcm: pcmOf(card),
  };
}

function matchFacts(card: CaptureCard): MatchFacts {
  const { usb } = card;
  return {
    usbVendorId: usb?.vendorId ?? null,
    usbProductId: usb?.productId ?? null,
    alsaNames: [card.name, card.longName],
    hasVideo: usb?.hasVideo ?? false,
  };
}

/** The same from what was stored, for a device that is away. */
function matchFactsOfRow(row: DeviceRow): MatchFacts {
  return {
    usbVendorId: row.usbVendorId,
    usbProductId: row.usbProductId,
    alsaNames: [row.alsaName ?? ''],
    hasVideo: row.matchReason.outcome === 'not_for_capture',
  };
}

function displayNameOf(card: CaptureCard): string {
  const name = card.usb?.product ?? card.name;
  return name === '' ? `Sound card ${String(card.index)}` : Array.from(name).slice(0, 80).join('');
}
