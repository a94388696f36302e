import { IconWaveSine, IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { SimulatedBadge } from '../components/simulated-badge';
import { StatusBadge } from '../components/status-badge';
import { useCompact } from '../components/use-compact';
import { useFreshness, useSnapshot } from '../stores/station-view';
import { AlertsBell } from './alerts-bell';
import { CloudIndicator } from './cloud-indicator';
import { useFormat } from './format/use-format';
import styles from './header.module.css';
import { LanguageSwitch } from './language-switch';
import { RecIndicator } from './rec-indicator';
import { StationClock } from './station-clock';
import { ThemeSwitch } from './theme-switch';

export function Header(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const compact = useCompact();
  const snapshot = useSnapshot();
  const { waiting, stale, ageMs } = useFreshness();
  const name = snapshot?.station.name ?? t('app.product');
  useEffect(() => {
    document.title = name;
  }, [name]);
  return (
    <header className={styles.header} data-stale={stale ? '' : undefined}>
      <div className={styles.who}>
        <IconWaveSine size={28} stroke={2} aria-hidden className={styles.mark} />
        <span className={styles.name} data-testid="station-name">
          {name}
        </span>
      </div>
      {stale ? (
        <div className={styles.contact} role="status" data-testid="contact-lost">
          <IconPlugConnectedX size={24} aria-hidden />
          <span>
            <strong>
              {waiting
                ? t('header.noContactYet')
                : t('header.noContact', { age: format.age(ageMs / 1000) })}
            </strong>
            {compact ? null : ` ${t('header.retrying')}`}
          </span>
        </div>
      ) : (
        <div className={styles.state}>
          {snapshot?.station.demo === true ? (
            <StatusBadge tone="info" title={t('app.demoHelp')} data-testid="demo-badge">
              {t('app.demo')}
            </StatusBadge>
          ) : snapshot?.recorders.some((recorder) => recorder.kind === 'simulated') === true ? (
            <SimulatedBadge />
          ) : null}
          <RecIndicator />
        </div>
      )}
      <div className={styles.tools}>
        <CloudIndicator />
        <StationClock />
        <AlertsBell />
        <LanguageSwitch />
        {compact ? null : <ThemeSwitch />}
      </div>
    </header>
  );
}
