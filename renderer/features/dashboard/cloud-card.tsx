import { useQuery } from '@tanstack/react-query';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { cloudVerdict } from '../../app/cloud-verdict';
import { useFormat } from '../../app/format/use-format';
import { SLOW_POLL_MS } from '../../app/query-client';
import { useStation } from '../../app/station-context';
import { Card } from '../../components/card';
import { REMOTE_LOOK } from '../../components/remote-look';
import { StatusBadge } from '../../components/status-badge';
import { useFreshness, useStationNow } from '../../stores/station-view';
import titles from './card-title.module.css';
import styles from './services-card.module.css';

/** How far the copies are behind, when they will have caught up, and how each remote is. */
export function CloudCard(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useStationNow();
  const id = useId();
  const { queries } = useStation();
  const { stale } = useFreshness();
  const remotes = useQuery(queries.remotes.list.queryOptions({ refetchInterval: SLOW_POLL_MS }));
  const verdict = cloudVerdict(remotes.data);
  return (
    <Card labelledBy={id} data-testid="cloud-card">
      <h2 id={id} className={titles.title}>
        {t('nav.cloud')}
      </h2>
      <p className={titles.big} data-testid="cloud-backlog">
        {'waiting' in verdict
          ? format.count(verdict.waiting)
          : t(`cloudVerdict.${remotes.isError ? 'unknown' : verdict.kind}`)}
      </p>
      <p className={titles.quiet}>
        {'waiting' in verdict
          ? verdict.waiting === 0
            ? t('cloud.nothingWaits')
            : `${t('cloud.waitFor', { count: verdict.waiting })} · ${
                verdict.caughtUpAt === null
                  ? t('cloud.notForeseeable')
                  : t('cloud.caughtUpBy', { time: format.moment(verdict.caughtUpAt, now) })
              }`
          : verdict.kind === 'none'
            ? t('cloud.noneText')
            : verdict.kind === 'off'
              ? t('cloud.offText')
              : ''}
      </p>
      {stale ? null : (
        <ul className={styles.list}>
          {(remotes.data ?? []).map(({ slug, name, state }) => (
            <li key={slug} className={styles.service} data-testid="cloud-card-remote">
              <div className={styles.head}>
                <span>{name}</span>
                <StatusBadge {...REMOTE_LOOK[state]}>{t(`remoteState.${state}.text`)}</StatusBadge>
              </div>
            </li>
          ))}
        </ul>
      )}
      <Link href={verdict.kind === 'none' ? '/cloud/add' : '/cloud'} className={titles.link}>
        {t(verdict.kind === 'none' ? 'cloud.add' : 'cloud.show')}
      </Link>
    </Card>
  );
}
