import type { Alert, PastAlert } from '@shared/model/station';
import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconCircleCheck,
  IconInfoCircle,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { alertCure, alertKey } from '../app/alert-text';
import { useFormat } from '../app/format/use-format';
import { useStation } from '../app/station-context';
import { useSnapshot } from '../stores/station-view';
import styles from './alert-list.module.css';
import { Detail } from './detail';
import { serviceName } from './service-name';
import { StatusBadge } from './status-badge';
import type { Tone } from './tone';

const LEVEL = {
  critical: { tone: 'danger', icon: IconAlertOctagon },
  warning: { tone: 'attention', icon: IconAlertTriangle },
  info: { tone: 'info', icon: IconInfoCircle },
} as const satisfies Record<Alert['level'], { tone: Tone; icon: typeof IconInfoCircle }>;

const RANK = { critical: 0, warning: 1, info: 2 } as const;

/** What needs attention, worst first: text, since when, what to do, and the evidence on tap. */
export function AlertList({
  alerts,
  most = alerts.length,
  follow,
}: {
  readonly alerts: readonly Alert[];
  /** So many of the worst are shown. */
  readonly most?: number;
  readonly follow?: (() => void) | undefined;
}): ReactNode {
  const { t } = useTranslation();
  if (alerts.length === 0) {
    return (
      <p className={styles.none}>
        <IconCircleCheck size={22} aria-hidden />
        {t('header.noAlerts')}
      </p>
    );
  }
  const sorted = alerts.toSorted(
    (a, b) => RANK[a.level] - RANK[b.level] || b.since.localeCompare(a.since),
  );
  return (
    <ul className={styles.list}>
      {sorted.slice(0, most).map((alert) => (
        <AlertItem key={alert.id} alert={alert} follow={follow} />
      ))}
    </ul>
  );
}

/** One alert: text, since when or for how long, what to do, where, and the evidence on tap. */
export function AlertItem({
  alert,
  follow,
}: {
  readonly alert: Alert | PastAlert;
  /** Called when its link is followed. */
  readonly follow?: (() => void) | undefined;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const key = alertKey(alert.code);
  const cure = alertCure(alert.code);
  const { tone, icon } = LEVEL[alert.level];
  const clearedAt = 'clearedAt' in alert ? alert.clearedAt : null;
  const subject = useSubject(alert);
  return (
    <li
      className={styles.alert}
      data-testid="alert"
      data-code={alert.code}
      data-cleared={clearedAt === null ? undefined : ''}
    >
      <div className={styles.head}>
        <StatusBadge tone={clearedAt === null ? tone : 'neutral'} icon={icon}>
          {t(`alertLevel.${alert.level}`)}
        </StatusBadge>
        <span className={styles.since}>
          {clearedAt === null
            ? t('dashboard.since', { time: format.instant(alert.since, 'dateTime') })
            : t('alerts.cleared', {
                time: format.instant(alert.since, 'dateTime'),
                duration: format.age((Date.parse(clearedAt) - Date.parse(alert.since)) / 1000),
              })}
        </span>
      </div>
      <p className={styles.text}>
        {subject === null ? null : <span className={styles.subject}>{subject}: </span>}
        <strong>{t(`alert.${key}.text`, { code: alert.code })}</strong>
      </p>
      {clearedAt === null ? (
        <>
          <p className={styles.advice}>{t(`alert.${key}.advice`)}</p>
          {cure === null ? null : (
            <Link
              href={cure.path}
              className={styles.cure}
              data-testid="alert-cure"
              onClick={() => {
                follow?.();
              }}
            >
              {t('alerts.goTo', { page: t(`nav.${cure.page}`) })}
            </Link>
          )}
        </>
      ) : null}
      <Detail text={alert.evidence} />
    </li>
  );
}

/** What an alert is about, as people call it; what is gone keeps the station's name for it. */
function useSubject({ code, subject }: Alert): string | null {
  const { t } = useTranslation();
  const snapshot = useSnapshot();
  const { queries } = useStation();
  const ofRemote = code.startsWith('cloud.');
  const remotes = useQuery(queries.remotes.list.queryOptions({ enabled: ofRemote }));
  if (subject === null) return null;
  if (code.startsWith('service.')) return serviceName(subject, t);
  if (ofRemote) return remotes.data?.find(({ slug }) => slug === subject)?.name ?? subject;
  const recorder = snapshot?.recorders.find(({ device }) => device === subject);
  return recorder?.displayName ?? subject;
}
