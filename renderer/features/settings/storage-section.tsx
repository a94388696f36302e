import type { Settings } from '@shared/model/settings';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { formatPlainNumber } from '../../app/format/numbers';
import { readNumber, readOptionalNumber } from './read-value';
import styles from './settings-page.module.css';
import { SwitchSetting } from './switch-setting';
import { TextSetting } from './text-setting';

/** From when on the station makes room, and what for. */
export function StorageSection({ settings }: { readonly settings: Settings }): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat();
  const { processor } = settings;
  const plain = (value: number | null): string =>
    value === null ? '' : formatPlainNumber(value, language);
  return (
    <div className={styles.fields} data-testid="storage-settings">
      <p className={styles.quiet}>{t('retention.intro')}</p>
      {(
        [
          'janitor_threshold_warning',
          'janitor_threshold_critical',
          'janitor_threshold_emergency',
        ] as const
      ).map((key) => (
        <TextSetting
          key={key}
          setting={`processor.${key}`}
          label={t(`retention.${key}`)}
          help={t(`retention.${key}_help`)}
          value={plain(processor[key])}
          inputMode="numeric"
          read={(text) => readNumber(text, t('issue.number'))}
        />
      ))}
      {(['max_age_days', 'min_free_gb'] as const).map((key) => (
        <TextSetting
          key={key}
          setting={`processor.${key}`}
          label={t(`retention.${key}`)}
          help={t(`retention.${key}_help`)}
          value={plain(processor[key])}
          inputMode="decimal"
          read={(text) => readOptionalNumber(text, t('issue.number'))}
        />
      ))}
      <SwitchSetting
        setting="processor.delete_after_upload"
        label={t('retention.delete_after_upload')}
        help={t('retention.delete_after_upload_help')}
        value={processor.delete_after_upload}
      />
    </div>
  );
}
