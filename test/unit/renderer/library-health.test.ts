import type { AuditStatus } from '@shared/model/integrity';
import type { PastAlert } from '@shared/model/station';
import { describe, expect, test } from 'vitest';
import {
  auditCondition,
  databaseCondition,
  integrityCondition,
  lastRepair,
} from '../../../renderer/features/settings/library/conditions';

const AT = '2026-05-01T12:00:00.000Z';

describe('the database', () => {
  const backup = { name: 'a.db', at: AT, why: 'scheduled', sizeBytes: 1 };
  const well = {
    lastCheck: { at: AT, damage: null },
    backups: [backup],
    backupProblem: null,
    restored: null,
  };
  const restored = { at: AT, reason: 'malformed', from: null };

  test('is as bad as the worst that is known of it', () => {
    expect(databaseCondition(well)).toBe('well');
    expect(databaseCondition({ ...well, lastCheck: null })).toBe('well');
    expect(databaseCondition({ ...well, backups: [] })).toBe('no_backup');
    expect(databaseCondition({ ...well, backups: [], backupProblem: 'full' })).toBe(
      'backup_failed',
    );
    expect(databaseCondition({ ...well, backupProblem: 'full', restored })).toBe('restored');
    const damaged = { ...well, restored, lastCheck: { at: AT, damage: 'page 7' } };
    expect(databaseCondition(damaged)).toBe('damaged');
  });

  test('was repaired last when the newest alert of that kind says so', () => {
    const alert = (id: number, code: string): PastAlert => ({
      id,
      code,
      level: 'warning',
      since: AT,
      clearedAt: null,
      subject: null,
      evidence: '',
    });
    const history = ['clock.unsynced', 'database.rebuilt', 'database.restored'].map((code, index) =>
      alert(9 - index, code),
    );
    expect(lastRepair(history)?.code).toBe('database.rebuilt');
    expect(lastRepair(history.slice(0, 1))).toBeNull();
  });
});

describe('the comparison of recordings and files', () => {
  const report = { refused: null, rows: 5, markedMissing: 0, healed: 0, registered: 0 };
  const status = (more: Partial<AuditStatus['last'] & object> | null): AuditStatus => ({
    running: false,
    problem: null,
    last: more === null ? null : { at: AT, report, ...more },
  });

  test('never looks well while nobody knows', () => {
    expect(auditCondition(status(null))).toBe('never');
    expect(auditCondition({ ...status({}), running: true })).toBe('running');
    expect(auditCondition({ ...status({}), problem: 'EIO' })).toBe('failed');
  });

  test('agrees, misses files, or was refused', () => {
    expect(auditCondition(status({}))).toBe('agree');
    expect(auditCondition(status({ report: { ...report, markedMissing: 1 } }))).toBe('missing');
    expect(auditCondition(status({ report: { ...report, refused: 'most' } }))).toBe('refused');
  });
});

test('damage is told first, whatever the verification does at the moment', () => {
  const none = { total: 7, corrupt: 0, unreadable: 0 };
  expect(integrityCondition({ state: 'done', ...none })).toBe('done');
  expect(integrityCondition({ state: 'done', ...none, corrupt: 1 })).toBe('damage');
  expect(integrityCondition({ state: 'paused', ...none, unreadable: 1 })).toBe('damage');
  // Green is for what was proven.
  expect(integrityCondition({ state: 'done', ...none, total: 0 })).toBe('nothing');
});
