import type { Settings } from '@shared/model/settings';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFormat } from '../../app/format/use-format';
import { formatPlainNumber } from '../../app/format/numbers';
import { readNumber, readOptionalText } from './read-value';
import styles from './settings-page.module.css';
import { SwitchSetting } from './switch-setting';
import { TextSetting } from './text-setting';

/** What holds for all remotes together; each of them has its own card on the page of the cloud. */
export function CloudSection({ settings }: { readonly settings: Settings }): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat();
  const { cloud_sync: cloud } = settings;
  return (
    <div className={styles.fields} data-testid="cloud-settings">
      <p className={styles.quiet}>
        {t('cloudSettings.intro')}{' '}
        <Link href="/cloud" className={styles.link}>
          {t('alerts.goTo', { page: t('nav.cloud') })}
        </Link>
      </p>
      <SwitchSetting
        setting="cloud_sync.enabled"
        label={t('cloudSettings.enabled')}
        help={t('cloudSettings.enabled_help')}
        value={cloud.enabled}
      />
      <TextSetting
        setting="cloud_sync.bandwidth_limit"
        label={t('cloudSettings.bandwidth_limit')}
        help={t('cloudSettings.bandwidth_limit_help')}
        value={cloud.bandwidth_limit ?? ''}
        read={(text) => readOptionalText(text.toUpperCase())}
      />
      {(['schedule_start_hour', 'schedule_end_hour'] as const).map((key) => (
        <HourSetting key={key} setting={key} value={cloud[key]} />
      ))}
      <TextSetting
        setting="cloud_sync.max_uploaders"
        label={t('cloudSettings.max_uploaders')}
        help={t('cloudSettings.max_uploaders_help')}
        value={String(cloud.max_uploaders)}
        inputMode="numeric"
        read={(text) => readNumber(text, t('issue.number'))}
      />
      <TextSetting
        setting="cloud_sync.poll_interval"
        label={t('cloudSettings.poll_interval')}
        help={t('cloudSettings.poll_interval_help')}
        value={formatPlainNumber(cloud.poll_interval, language)}
        inputMode="decimal"
        read={(text) => readNumber(text, t('issue.number'))}
      />
    </div>
  );
}

function HourSetting({
  setting,
  value,
}: {
  readonly setting: 'schedule_start_hour' | 'schedule_end_hour';
  readonly value: number | null;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <TextSetting
      setting={`cloud_sync.${setting}`}
      label={t(`cloudSettings.${setting}`)}
      help={t('cloudSettings.hour_help')}
      value={value === null ? '' : `${String(value).padStart(2, '0')}:00`}
      inputMode="numeric"
      read={(text) => {
        const match = /^(\d{1,2})(?:[:.]00)?$/.exec(text.trim());
        if (text.trim() === '') return { value: null };
        return match === null ? { problem: t('issue.number') } : { value: Number(match[1]) };
      }}
    />
  );
}
