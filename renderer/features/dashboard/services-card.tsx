import type { ServiceState, ServiceStatus } from '@shared/model/station';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconLoader2,
  IconPlayerStop,
  type Icon,
} from '@tabler/icons-react';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../components/card';
import { Detail } from '../../components/detail';
import { StatusBadge } from '../../components/status-badge';
import type { Tone } from '../../components/tone';
import titles from './card-title.module.css';
import { serviceName } from '../../components/service-name';
import styles from './services-card.module.css';

// A failed service is amber, not red: red is kept for sound that is being lost.
const LOOK: Readonly<Record<ServiceState, { tone: Tone; icon: Icon }>> = {
  ok: { tone: 'good', icon: IconCircleCheck },
  starting: { tone: 'neutral', icon: IconLoader2 },
  degraded: { tone: 'attention', icon: IconAlertTriangle },
  failed: { tone: 'pending', icon: IconCircleX },
  stopped: { tone: 'neutral', icon: IconPlayerStop },
};

export function ServicesCard({
  services,
}: {
  readonly services: readonly ServiceStatus[];
}): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  return (
    <Card labelledBy={id} data-testid="services-card">
      <h2 id={id} className={titles.title}>
        {t('dashboard.services')}
      </h2>
      {services.length === 0 ? <p className={titles.quiet}>{t('dashboard.noServices')}</p> : null}
      <ul className={styles.list}>
        {services.map((service) => (
          <li key={service.name} className={styles.service} data-testid={`service-${service.name}`}>
            <div className={styles.head}>
              <span>{serviceName(service.name, t)}</span>
              <StatusBadge {...LOOK[service.state]}>
                {t(`serviceState.${service.state}`)}
              </StatusBadge>
            </div>
            {service.state === 'ok' ? null : <Detail text={service.details} />}
          </li>
        ))}
      </ul>
      <Detail text={countersInLines(services)} />
    </Card>
  );
}

/** What each service counts, one a line, in its own words. */
function countersInLines(services: readonly ServiceStatus[]): string {
  return services
    .flatMap(({ name, counters }) =>
      Object.entries(counters).map(
        ([counter, value]) => `${name}.${counter}: ${String(value ?? '–')}`,
      ),
    )
    .join('\n');
}
