import type { JanitorStatus } from '@shared/model/janitor';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFormat } from '../../app/format/use-format';
import { Card } from '../../components/card';
import { StatusBadge } from '../../components/status-badge';
import { useStationNow } from '../../stores/station-view';
import { Gauge } from './gauge';
import { MODE_LOOK } from './janitor-look';
import styles from './storage-page.module.css';

/** How full the disk is against its thresholds, and what that makes the janitor do. */
export function DiskCard({ status }: { readonly status: JanitorStatus }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useStationNow();
  const id = useId();
  const { bytes, inodes, thresholds, mode } = status;
  const used = t('dashboard.storageUsed', { percent: format.percent(bytes.usedPercent) });
  return (
    <Card labelledBy={id} className={styles.card} data-testid="disk-card">
      <div className={styles.cardHead}>
        <h2 id={id} className={styles.heading}>
          {t('storage.disk')}
        </h2>
        <StatusBadge {...MODE_LOOK[mode]} data-testid="janitor-mode" data-state={mode}>
          {t(`janitorMode.${mode}.text`)}
        </StatusBadge>
        <span className={styles.quiet}>
          {t('dashboard.since', { time: format.moment(status.since, now) })}
        </span>
      </div>
      <p>
        <span className={styles.big}>{used}</span>{' '}
        <span className={styles.quiet}>
          {t('dashboard.storageFree', {
            free: format.bytes(bytes.free),
            total: format.bytes(bytes.total),
          })}
        </span>
      </p>
      <Gauge
        label={t('storage.disk')}
        usedPercent={bytes.usedPercent}
        thresholds={thresholds}
        text={used}
      />
      {inodes === null ? null : (
        <>
          <p className={styles.quiet}>
            {t('storage.inodes', {
              percent: format.percent(inodes.usedPercent),
              free: format.count(inodes.free),
            })}
          </p>
          {inodes.usedPercent > thresholds.warning - 10 ? (
            <Gauge
              label={t('storage.inodesLabel')}
              usedPercent={inodes.usedPercent}
              thresholds={thresholds}
              text={format.percent(inodes.usedPercent)}
            />
          ) : null}
        </>
      )}
      {status.held === null ? null : (
        <p className={styles.note} role="status" data-testid="janitor-held">
          <strong>{t('storage.held')}</strong> {t('storage.heldWhy')}{' '}
          <span lang="en">{status.held}</span>
        </p>
      )}
      {status.blind ? (
        <p className={styles.danger} role="alert" data-testid="janitor-blind">
          <strong>{t('storage.blind')}</strong> {t('storage.blindWhy')}
        </p>
      ) : null}
      {status.deleted.unsaved > 0 ? (
        <p className={styles.danger} data-testid="deleted-unsaved">
          {t('storage.unsaved', {
            count: status.deleted.unsaved,
            formatted: format.count(status.deleted.unsaved),
          })}
        </p>
      ) : null}
      {status.withoutRemotes ? (
        <p className={styles.note} data-testid="without-remotes">
          <strong>{t('storage.withoutRemotes')}</strong> {t('storage.withoutRemotesWhy')}{' '}
          <Link href="/cloud" className={styles.link}>
            {t('alerts.goTo', { page: t('nav.cloud') })}
          </Link>
        </p>
      ) : null}
      {status.stuck > 0 ? (
        <p className={styles.note}>
          {t('storage.stuck', { count: status.stuck, formatted: format.count(status.stuck) })}{' '}
          <Link href="/logs" className={styles.link}>
            {t('alerts.goTo', { page: t('nav.logs') })}
          </Link>
        </p>
      ) : null}
      <ul className={styles.rules} aria-label={t('storage.rules')}>
        {(
          [
            ['housekeeping', thresholds.warning],
            ['defensive', thresholds.critical],
            ['panic', thresholds.emergency],
          ] as const
        ).map(([rule, above]) => (
          <li key={rule} data-now={rule === mode ? '' : undefined}>
            <strong>
              {t('storage.above', { percent: format.percent(above) })}{' '}
              {t(`janitorMode.${rule}.text`)}:
            </strong>{' '}
            {t(`janitorMode.${rule}.why`)}
          </li>
        ))}
      </ul>
      <p className={styles.quiet}>
        {mode === 'quiet' ? `${t('janitorMode.quiet.why')} ` : ''}
        {status.lastCycleAt === null
          ? t('storage.notLooked')
          : t('storage.looked', { age: format.ago(status.lastCycleAt, now) })}
        {status.deleted.recordings > 0
          ? ` ${t('storage.deletedSince', {
              count: status.deleted.recordings,
              formatted: format.count(status.deleted.recordings),
              bytes: format.bytes(status.deleted.bytes),
            })}`
          : ''}
      </p>
    </Card>
  );
}
