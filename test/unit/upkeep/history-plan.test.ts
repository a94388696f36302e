import { describe, expect, it } from 'vitest';
import type { Connection } from '@main/database/connection';
import { runHere } from '@main/database/jobs';
import { alerts, gaps, importItems, imports } from '@main/database/schema';
import { outdatedHistory } from '@main/upkeep/history-plan';
import { insertDevice } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

const DAY = 24 * 3_600_000;
const NOW = Date.UTC(2026, 4, 10);
const AFTER_TEN_DAYS = {
  alerts_days: 10,
  gaps_days: 10,
  imports_days: 10,
  backup_interval_hours: 24,
  backups_kept: 7,
};

/** Rows of twenty days, ten of which are too old; and old ones that are not over. */
function livedIn(): Connection {
  const connection = stationDatabase();
  connection.sqlite.transaction(() => {
    fill(connection);
  })();
  return connection;
}

function fill(connection: Connection): void {
  const { db } = connection;
  insertDevice(connection, 'mic');
  for (let day = 0; day < 20; day++) {
    const atMs = NOW - day * DAY - 1;
    const detail = String(day);
    db.insert(alerts)
      .values({ code: 'x', level: 'info', evidence: detail, sinceMs: atMs, clearedAtMs: atMs })
      .run();
    db.insert(gaps)
      .values({ device: 'mic', fromMs: atMs - 5, toMs: atMs, reason: 'unplugged', detail })
      .run();
    const { lastInsertRowid } = db
      .insert(imports)
      .values({
        sources: [],
        options: { tags: [] },
        state: 'done',
        createdAtMs: atMs,
        finishedAtMs: atMs,
      })
      .run();
    for (let item = 0; item < 150; item++) {
      db.insert(importItems)
        .values({
          importId: Number(lastInsertRowid),
          path: `/card/${String(item)}.wav`,
          sizeBytes: 1,
          modifiedAtMs: 1,
          state: 'imported',
        })
        .run();
    }
  }
  const oldMs = NOW - 900 * DAY;
  db.insert(alerts).values({ code: 'open', level: 'info', evidence: '', sinceMs: oldMs }).run();
  db.insert(gaps).values({ device: 'mic', fromMs: oldMs, reason: 'unplugged' }).run();
  db.insert(gaps)
    .values({
      device: 'mic',
      fromMs: oldMs,
      toMs: oldMs + 1,
      reason: 'unplugged',
      provisionalBoot: 'b',
    })
    .run();
  db.insert(imports)
    .values({ sources: [], options: { tags: [] }, state: 'paused', createdAtMs: oldMs })
    .run();
}

describe('the station’s own past', () => {
  it('goes when it is older than the settings say; what lasts stays however old it is', async () => {
    const connection = livedIn();
    const { db, sqlite } = connection;
    for (const order of outdatedHistory(AFTER_TEN_DAYS, NOW)) {
      await runHere('delete', { file: sqlite.name, ...order });
    }
    expect(
      db
        .select()
        .from(alerts)
        .all()
        .map(({ code }) => code),
    ).toEqual([...Array.from({ length: 10 }, () => 'x'), 'open']);
    expect(db.select().from(gaps).all()).toHaveLength(12);
    expect(
      db
        .select()
        .from(imports)
        .all()
        .map(({ state }) => state),
    ).toEqual([...Array.from({ length: 10 }, () => 'done'), 'paused']);
    expect(db.select().from(importItems).all()).toHaveLength(1500);
  });

  it('is kept for ever where nothing is said', () => {
    const forEver = { ...AFTER_TEN_DAYS, alerts_days: null, gaps_days: null, imports_days: null };
    expect(outdatedHistory(forEver, NOW)).toEqual([]);
  });
});
