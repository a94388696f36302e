import type { DatabaseStatus } from '@shared/model/database';
import type { AuditStatus, IntegrityStatus } from '@shared/model/integrity';
import type { PastAlert } from '@shared/model/station';

const REPAIRS: readonly string[] = ['database.restored', 'database.rebuilt'];

/** How the database is, in one word: the worst that is known of it. */
export function databaseCondition({
  lastCheck,
  backups,
  backupProblem,
  restored,
}: Pick<DatabaseStatus, 'lastCheck' | 'backups' | 'backupProblem' | 'restored'>):
  'damaged' | 'restored' | 'backup_failed' | 'no_backup' | 'well' {
  if (lastCheck !== null && lastCheck.damage !== null) return 'damaged';
  if (restored !== null) return 'restored';
  if (backupProblem !== null) return 'backup_failed';
  return backups.length === 0 ? 'no_backup' : 'well';
}

/** The newest alert that tells of a database that was put in another's place; null: none is known. */
export function lastRepair(history: readonly PastAlert[]): PastAlert | null {
  return history.find(({ code }) => REPAIRS.includes(code)) ?? null;
}

/** How the comparison of rows with files stands. */
export function auditCondition({
  running,
  problem,
  last,
}: AuditStatus): 'running' | 'failed' | 'never' | 'refused' | 'missing' | 'agree' {
  if (running) return 'running';
  if (problem !== null) return 'failed';
  if (last === null) return 'never';
  if (last.report.refused !== null) return 'refused';
  return last.report.markedMissing > 0 ? 'missing' : 'agree';
}

/**
 * What reading everything again has come to: damage first, whatever the job does at the moment. Where there is nothing,
 * nothing is proven.
 */
export function integrityCondition({
  state,
  total,
  corrupt,
  unreadable,
}: Pick<IntegrityStatus, 'state' | 'total' | 'corrupt' | 'unreadable'>):
  'damage' | 'nothing' | IntegrityStatus['state'] {
  if (corrupt + unreadable > 0) return 'damage';
  return state === 'done' && total === 0 ? 'nothing' : state;
}
