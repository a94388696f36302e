import type { StorageForecast } from '@shared/model/janitor';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { Card } from '../../components/card';
import { Facts } from '../../components/facts';
import styles from './storage-page.module.css';

const UNKNOWN: StorageForecast = {
  writeBytesPerS: null,
  uploadBytesPerS: null,
  fullAt: null,
  firstLossAt: null,
  basisHours: 0,
  confidence: 'none',
};
const DAY_S = 86_400;

/** How long the disk will do, and when the first recording goes that is nowhere else. */
export function ForecastCard({
  forecast,
  withoutRemotes,
}: {
  /** null: not computed yet. */
  readonly forecast: StorageForecast | null;
  readonly withoutRemotes: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const { fullAt, firstLossAt, writeBytesPerS, uploadBytesPerS, basisHours, confidence } =
    forecast ?? UNKNOWN;
  const known = writeBytesPerS !== null;
  return (
    <Card labelledBy={id} className={styles.card} data-testid="forecast-card">
      <h2 id={id} className={styles.heading}>
        {t('storage.forecast')}
      </h2>
      {firstLossAt === null ? (
        <p data-testid="first-loss" data-loss="none">
          {known ? t('storage.noLoss') : t('storage.forecastUnknown')}
        </p>
      ) : (
        <p className={styles.danger} data-testid="first-loss" data-loss={firstLossAt}>
          <strong>
            {t('storage.firstLoss', { time: format.instant(firstLossAt, 'dayMinute') })}
          </strong>{' '}
          {t(withoutRemotes ? 'storage.firstLossAdviceNoRemote' : 'storage.firstLossAdvice')}
        </p>
      )}
      <Facts
        facts={[
          {
            label: t('storage.fullAt'),
            value:
              fullAt === null
                ? known
                  ? t('storage.notInSight')
                  : '–'
                : format.instant(fullAt, 'dayMinute'),
            wide: true,
          },
          { label: t('storage.written'), value: perDay(writeBytesPerS) },
          { label: t('storage.sent'), value: perDay(uploadBytesPerS) },
        ]}
      />
      <p className={styles.quiet} data-testid="forecast-basis">
        {t(`storage.basis_${confidence}`, { time: format.age(basisHours * 3600) })}
      </p>
    </Card>
  );

  function perDay(bytesPerS: number | null): string {
    return bytesPerS === null
      ? '–'
      : t('storage.perDay', { bytes: format.bytes(bytesPerS * DAY_S) });
  }
}
