import type { Settings } from '@shared/model/settings';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { formatPlainNumber } from '../../app/format/numbers';
import { ChoiceSetting } from './choice-setting';
import { readNumber, readOptionalNumber } from './read-value';
import styles from './settings-page.module.css';
import { SwitchSetting } from './switch-setting';
import { TextSetting } from './text-setting';

export function GeneralSection({ settings }: { readonly settings: Settings }): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat();
  const { system, monitoring } = settings;
  const zones = useMemo(() => {
    const all = new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), system.timezone]);
    return [...all].map((zone) => ({ value: zone, label: zone }));
  }, [system.timezone]);
  const degrees = (value: number | null): string =>
    value === null ? '' : formatPlainNumber(value, language);
  return (
    <div className={styles.fields}>
      <TextSetting
        setting="system.station_name"
        label={t('settings.stationName')}
        help={t('settings.stationNameHelp')}
        value={system.station_name}
        read={(text) => ({ value: text })}
      />
      <ChoiceSetting
        setting="system.language"
        label={t('settings.language')}
        value={system.language}
        options={[
          { value: 'en', label: t('settings.language_en') },
          { value: 'de', label: t('settings.language_de') },
        ]}
      />
      <ChoiceSetting
        setting="system.timezone"
        label={t('settings.timezone')}
        help={t('settings.timezoneHelp')}
        value={system.timezone}
        options={zones}
        searchable
        nothingFound={t('settings.timezoneNothing')}
      />
      <TextSetting
        setting="system.latitude"
        label={t('settings.latitude')}
        help={t('settings.latitudeHelp')}
        value={degrees(system.latitude)}
        inputMode="decimal"
        read={(text) => readOptionalNumber(text, t('issue.number'))}
      />
      <TextSetting
        setting="system.longitude"
        label={t('settings.longitude')}
        help={t('settings.longitudeHelp')}
        value={degrees(system.longitude)}
        inputMode="decimal"
        read={(text) => readOptionalNumber(text, t('issue.number'))}
      />
      <TextSetting
        setting="system.max_recorders"
        label={t('settings.maxRecorders')}
        help={t('settings.maxRecordersHelp')}
        value={String(system.max_recorders)}
        inputMode="numeric"
        read={(text) => readNumber(text, t('issue.number'))}
      />
      <SwitchSetting
        setting="system.auto_enrollment"
        label={t('settings.autoEnrollment')}
        help={t('settings.autoEnrollmentHelp')}
        value={system.auto_enrollment}
      />
      <SwitchSetting
        setting="monitoring.metrics_enabled"
        label={t('settings.metricsEnabled')}
        help={t('settings.metricsEnabledHelp')}
        value={monitoring.metrics_enabled}
      />
      <TextSetting
        setting="monitoring.metrics_port"
        label={t('settings.metricsPort')}
        help={t('settings.metricsPortHelp')}
        value={String(monitoring.metrics_port)}
        inputMode="numeric"
        read={(text) => readNumber(text, t('issue.number'))}
      />
    </div>
  );
}
