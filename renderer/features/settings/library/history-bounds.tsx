import type { Settings } from '@shared/model/settings';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { readNumber, readOptionalNumber } from '../read-value';
import { TextSetting } from '../text-setting';
import { HealthBlock } from './health-block';

/** How long the station keeps what it knows of its own past; empty is for ever. */
export function HistoryBounds({ settings }: { readonly settings: Settings }): ReactNode {
  const { t } = useTranslation();
  const { history, library } = settings;
  const days = (value: number | null): string => (value === null ? '' : String(value));
  const optional = (text: string) => readOptionalNumber(text, t('issue.number'));
  const required = (text: string) => readNumber(text, t('issue.number'));
  return (
    <HealthBlock
      title={t('health.history')}
      help={t('health.historyHelp')}
      data-testid="history-bounds"
    >
      {(['alerts_days', 'gaps_days', 'imports_days'] as const).map((key) => (
        <TextSetting
          key={key}
          setting={`history.${key}`}
          label={t(`historyBound.${key}`)}
          help={t('health.emptyForEver')}
          value={days(history[key])}
          inputMode="numeric"
          read={optional}
        />
      ))}
      <TextSetting
        setting="library.bin_days"
        label={t('historyBound.bin_days')}
        help={t('health.binHelp')}
        value={days(library.bin_days)}
        inputMode="numeric"
        read={optional}
      />
      <TextSetting
        setting="history.backup_interval_hours"
        label={t('historyBound.backup_interval_hours')}
        help={t('health.backupIntervalHelp')}
        value={String(history.backup_interval_hours)}
        inputMode="numeric"
        read={required}
      />
      <TextSetting
        setting="history.backups_kept"
        label={t('historyBound.backups_kept')}
        help={t('health.backupsKeptHelp')}
        value={String(history.backups_kept)}
        inputMode="numeric"
        read={required}
      />
      <TextSetting
        setting="library.derived_assets_mb"
        label={t('historyBound.derived_assets_mb')}
        help={t('health.assetsHelp')}
        value={String(library.derived_assets_mb)}
        inputMode="numeric"
        read={required}
      />
    </HealthBlock>
  );
}
