import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { Facts } from '../../components/facts';
import { useSnapshot } from '../../stores/station-view';
import styles from './settings-page.module.css';

const SHELL = { window: 'shellWindow', headless: 'shellHeadless', none: 'shellNone' } as const;

export function AboutSection(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const station = useSnapshot()?.station;
  return (
    <div className={styles.fields} data-testid="about">
      <Facts
        facts={[
          { label: t('settings.version'), value: station?.version ?? '–' },
          {
            label: t('settings.shell'),
            value: station === undefined ? '–' : t(`settings.${SHELL[station.shell]}`),
          },
          {
            label: t('settings.startedAt'),
            value:
              station === undefined || station.startedAt === null
                ? '–'
                : format.instant(station.startedAt, 'dateTime'),
          },
          { label: t('settings.dataFolder'), value: station?.dataDir ?? '–', code: true },
        ]}
      />
      <div>
        <strong>{t('settings.licences')}</strong>
        <p className={styles.quiet}>{t('settings.licencesText')}</p>
      </div>
    </div>
  );
}
