import type { Alert } from '@shared/model/station';
import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconCircleCheck,
  IconInfoCircle,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { alertKey } from '../app/alert-text';
import { useFormat } from '../app/format/use-format';
import styles from './alert-list.module.css';
import { Detail } from './detail';
import { StatusBadge } from './status-badge';
import type { Tone } from './tone';

const LEVEL = {
  critical: { tone: 'danger', icon: IconAlertOctagon },
  warning: { tone: 'attention', icon: IconAlertTriangle },
  info: { tone: 'info', icon: IconInfoCircle },
} as const satisfies Record<Alert['level'], { tone: Tone; icon: typeof IconInfoCircle }>;

const RANK = { critical: 0, warning: 1, info: 2 } as const;

/** What needs attention, worst first: text, since when, what to do, and the evidence on tap. */
export function AlertList({ alerts }: { readonly alerts: readonly Alert[] }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
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
      {sorted.map((alert) => {
        const key = alertKey(alert.code);
        const { tone, icon } = LEVEL[alert.level];
        return (
          <li key={alert.id} className={styles.alert} data-testid="alert" data-code={alert.code}>
            <div className={styles.head}>
              <StatusBadge tone={tone} icon={icon}>
                {t(`alertLevel.${alert.level}`)}
              </StatusBadge>
              <span className={styles.since}>
                {t('dashboard.since', { time: format.instant(alert.since, 'dateTime') })}
              </span>
            </div>
            <p className={styles.text}>
              <strong>{t(`alert.${key}.text`, { code: alert.code })}</strong>
              {alert.subject === null ? null : (
                <span className={styles.subject}> {alert.subject}</span>
              )}
            </p>
            <p className={styles.advice}>{t(`alert.${key}.advice`)}</p>
            <Detail text={alert.evidence} />
          </li>
        );
      })}
    </ul>
  );
}
