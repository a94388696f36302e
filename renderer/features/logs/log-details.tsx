import type { LogRecord } from '@shared/model/log';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Format } from '../../app/format/use-format';
import { Facts } from '../../components/facts';
import styles from './log-details.module.css';

/** One record with everything that was logged with it. */
export function LogDetails({
  record,
  format,
}: {
  readonly record: LogRecord;
  readonly format: Format;
}): ReactNode {
  const { t } = useTranslation();
  const fields =
    Object.keys(record.fields).length === 0 ? null : JSON.stringify(record.fields, null, 2);
  return (
    <div className={styles.details} data-testid="log-details">
      <p className={styles.message} lang="en">
        {record.message === '' ? record.event : record.message}
      </p>
      <Facts
        facts={[
          {
            label: t('logs.time'),
            value: `${format.instant(record.time, 'date')} ${format.instant(record.time, 'timeMs')}`,
          },
          { label: t('logs.level'), value: t(`logLevel.${record.level}`) },
          { label: t('logs.service'), value: record.service },
          { label: t('logs.event'), value: record.event },
        ]}
      />
      <h3 className={styles.heading}>{t('logs.fields')}</h3>
      {fields === null ? (
        <p className={styles.none}>{t('logs.noFields')}</p>
      ) : (
        <pre className={styles.fields}>{fields}</pre>
      )}
    </div>
  );
}
