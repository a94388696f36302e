import type { Deletion, JanitorPlan, JanitorStatus, PlannedDeletion } from '@shared/model/janitor';

const iso = (agoS: number): string => new Date(Date.now() - agoS * 1000).toISOString();

/** `filled`: above the second threshold with a loss in sight; `empty`: nothing measured, no remote; else calm. */
export function sampleJanitor(scene: string): JanitorStatus {
  const isBad = scene === 'filled';
  const isEmpty = scene === 'empty';
  const usedPercent = isBad ? 83.4 : isEmpty ? 12 : 61.2;
  const total = 2e12;
  return {
    mode: isBad ? 'defensive' : 'quiet',
    since: iso(isBad ? 4_000 : 300_000),
    bytes: { total, free: total * (1 - usedPercent / 100), usedPercent },
    inodes: { total: 122_000_000, free: 119_400_000, usedPercent: isBad ? 66 : 2.1 },
    thresholds: { warning: 70, critical: 80, emergency: 90 },
    forecast: isEmpty
      ? {
          writeBytesPerS: null,
          uploadBytesPerS: null,
          fullAt: null,
          firstLossAt: null,
          basisHours: 0,
          confidence: 'none',
        }
      : {
          writeBytesPerS: 768_000,
          uploadBytesPerS: isBad ? 210_000 : 780_000,
          fullAt: iso(-(isBad ? 5 : 18) * 86_400),
          firstLossAt: isBad ? iso(-3 * 86_400) : null,
          basisHours: isBad ? 24 : 3,
          confidence: isBad ? 'fair' : 'guess',
        },
    lastCycleAt: isEmpty ? null : iso(31),
    withoutRemotes: isEmpty,
    held: null,
    stuck: isBad ? 2 : 0,
    deleted: { recordings: isBad ? 812 : 0, bytes: isBad ? 7e9 : 0, unsaved: isBad ? 3 : 0 },
    blind: false,
  };
}

export function samplePlan(scene: string): JanitorPlan {
  if (scene === 'disk')
    return {
      mode: 'quiet',
      wantedBytes: 0,
      wantedFiles: 0,
      items: [],
      recordings: 0,
      more: false,
      bytes: 0,
      kept: [],
      held: 'The database was restored from a copy; recordings and files must be compared first.',
    };
  if (scene !== 'filled')
    return {
      mode: 'quiet',
      wantedBytes: 0,
      wantedFiles: 0,
      items: [],
      recordings: 0,
      more: false,
      bytes: 0,
      kept: [],
      held: null,
    };
  const items = Array.from({ length: 50 }, (_, index): PlannedDeletion => ({
    recordingId: 100 + index,
    device: 'ultramic-384-evo',
    time: iso(90 * 86_400 - index * 10),
    sizeBytes: 8_640_088,
    reason: 'disk_space',
    safe: true,
    protected: false,
  }));
  return {
    mode: 'defensive',
    wantedBytes: 6.8e10,
    wantedFiles: 0,
    items,
    recordings: 7_870,
    more: false,
    bytes: 6.8e10,
    kept: [
      { reason: 'not_uploaded', recordings: 3_107 },
      { reason: 'protected', recordings: 41 },
      { reason: 'cannot_be_removed', recordings: 2 },
    ],
    held: null,
  };
}

export function sampleDeletions(scene: string, cursor: string | undefined, limit: number) {
  if (scene === 'empty' || scene === 'disk') return { items: [], nextCursor: null };
  const from = Number(cursor ?? 0);
  const items = Array.from({ length: limit }, (_, index): Deletion => {
    const number = from + index;
    const panic = scene === 'filled' && number % 9 === 4;
    return {
      id: 5_000 - number,
      recordingId: 4_000 - number,
      paths: [
        'recorder/ultramic-384-evo/data/raw/2026-08-20T21-14-10.000Z_10s_4f2a91c0_00000512.wav',
        'recorder/ultramic-384-evo/data/processed/2026-08-20T21-14-10.000Z_10s_4f2a91c0_00000512.wav',
      ],
      sizeBytes: 8_640_088,
      at: iso(60 + number * 7),
      mode: panic ? 'panic' : 'housekeeping',
      reason: number % 5 === 2 ? 'max_age' : 'disk_space',
      safe: !panic,
      explanation: panic
        ? 'The disk was 91.2 % full, above 90 %; this was the oldest. No copy of it was read back.'
        : 'The disk was 72.0 % full, above 70 %; a copy was read back from nextcloud (sha1) and it was analysed.',
    };
  });
  return { items, nextCursor: from < 60 ? String(from + limit) : null };
}
