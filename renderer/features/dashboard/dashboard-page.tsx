import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { NoContact } from '../../components/no-contact';
import { useFreshness, useSnapshot } from '../../stores/station-view';
import { CloudCard } from './cloud-card';
import { ClockNote } from './clock-note';
import { DashboardSkeleton } from './dashboard-skeleton';
import styles from './dashboard-page.module.css';
import { DataDiskNote } from './data-disk-note';
import { FirstMicrophone } from './first-microphone';
import { HostCard } from './host-card';
import { MicrophoneTile } from './microphone-tile';
import { AlertsCard } from './alerts-card';
import { RecordingsCard } from './recordings-card';
import { ServicesCard } from './services-card';
import { StorageCard } from './storage-card';
import { VerdictBanner } from './verdict-banner';

export function DashboardPage(): ReactNode {
  const { t } = useTranslation();
  const snapshot = useSnapshot();
  const { waiting, stale } = useFreshness();
  return (
    <div className={styles.page}>
      <h1 className="visually-hidden">{t('dashboard.title')}</h1>
      {snapshot === null ? (
        waiting && stale ? (
          <NoContact />
        ) : (
          <DashboardSkeleton />
        )
      ) : (
        <>
          <VerdictBanner snapshot={snapshot} />
          {stale ? null : <DataDiskNote disk={snapshot.dataDisk} />}

          {snapshot.recorders.length === 0 ? (
            <FirstMicrophone />
          ) : (
            <ul className={styles.microphones} aria-label={t('dashboard.microphones')}>
              {snapshot.recorders.map((recorder) => (
                <li key={recorder.device}>
                  <MicrophoneTile recorder={recorder} snapshotAt={snapshot.at} stale={stale} />
                </li>
              ))}
            </ul>
          )}
          {snapshot.station.clockSynced === true ? null : (
            <ClockNote known={snapshot.station.clockSynced === false} />
          )}
          <div className={styles.cards}>
            {snapshot.alerts.length === 0 ? null : <AlertsCard alerts={snapshot.alerts} />}
            <StorageCard disk={snapshot.host.dataDisk} />
            <CloudCard />
            <RecordingsCard recordings={snapshot.recordings} />
            <HostCard host={snapshot.host} />
            <ServicesCard services={snapshot.services} />
          </div>
        </>
      )}
    </div>
  );
}
