import type { StationSnapshot } from '@shared/model/station';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFormat } from '../../app/format/use-format';
import { Card } from '../../components/card';
import { useStationNow } from '../../stores/station-view';
import titles from './card-title.module.css';

export function RecordingsCard({
  recordings,
}: {
  readonly recordings: StationSnapshot['recordings'];
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useStationNow();
  const id = useId();
  return (
    <Card labelledBy={id} data-testid="recordings-card">
      <h2 id={id} className={titles.title}>
        {t('dashboard.recordings')}
      </h2>
      <p className={titles.big} data-testid="recordings-total">
        {format.count(recordings.total)}
      </p>
      <p className={titles.quiet}>
        {t('dashboard.recordingsTotal', { count: recordings.total })}
        {recordings.lastIndexedAt === null
          ? ''
          : ` · ${t('dashboard.lastIndexed', { age: format.ago(recordings.lastIndexedAt, now) })}`}
      </p>
      <Link href="/recordings" className={titles.link}>
        {t('dashboard.showRecordings')}
      </Link>
    </Card>
  );
}
