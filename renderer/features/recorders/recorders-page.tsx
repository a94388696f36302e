import { Button } from '@mantine/core';
import { IconMicrophone, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useParams } from 'wouter';
import { SLOW_POLL_MS } from '../../app/query-client';
import { useStation } from '../../app/station-context';
import { LoadFailed } from '../../components/load-failed';
import { PageMessage } from '../../components/page-message';
import { useFreshness, useSnapshot } from '../../stores/station-view';
import { AddAlsaDevice } from './add-alsa-device';
import { AddSimulatedMicrophone } from './add-simulated-microphone';
import { RecorderCard } from './recorder-card';
import styles from './recorders-page.module.css';
import { RecordersSkeleton } from './recorders-skeleton';

export function RecordersPage(): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const [, navigate] = useLocation();
  const { adding } = useParams();
  const devices = useQuery(queries.devices.list.queryOptions({ refetchInterval: SLOW_POLL_MS }));
  const profiles = useQuery(queries.profiles.list.queryOptions());
  const snapshot = useSnapshot();
  const { stale } = useFreshness();
  const closeAdding = (): void => {
    navigate('/recorders', { replace: true });
  };
  const addButtons = (
    <>
      <Button
        leftSection={<IconPlus size={20} aria-hidden />}
        data-testid="add-simulated"
        onClick={() => {
          navigate('/recorders/add-simulated');
        }}
      >
        {t('recorders.addSimulated')}
      </Button>
      <Button
        variant="default"
        leftSection={<IconPlus size={20} aria-hidden />}
        data-testid="add-alsa"
        onClick={() => {
          navigate('/recorders/add-alsa');
        }}
      >
        {t('recorders.addAlsa')}
      </Button>
    </>
  );
  // What imports are of is no microphone.
  const microphones = devices.data?.filter(({ kind }) => kind !== 'imported');
  const empty = microphones?.length === 0;
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1 className={styles.title}>{t('recorders.title')}</h1>
        {empty ? null : <div className={styles.actions}>{addButtons}</div>}
      </div>
      {microphones === undefined ? (
        devices.isError ? (
          <LoadFailed
            error={devices.error}
            retry={() => {
              void devices.refetch();
            }}
          />
        ) : (
          <RecordersSkeleton />
        )
      ) : empty ? (
        <PageMessage
          icon={IconMicrophone}
          title={t('recorders.emptyTitle')}
          text={t('recorders.emptyText')}
          data-testid="empty-recorders"
        >
          {addButtons}
        </PageMessage>
      ) : (
        <ul className={styles.cards}>
          {microphones.map((device) => (
            <li key={device.name}>
              <RecorderCard
                device={device}
                recorder={
                  snapshot?.recorders.find((candidate) => candidate.device === device.name) ?? null
                }
                snapshotAt={snapshot?.at ?? null}
                stale={stale}
                profiles={profiles.data ?? null}
              />
            </li>
          ))}
        </ul>
      )}
      <AddSimulatedMicrophone
        opened={adding === 'add-simulated'}
        close={closeAdding}
        profiles={profiles.data ?? null}
      />
      <AddAlsaDevice
        opened={adding === 'add-alsa'}
        close={closeAdding}
        profiles={profiles.data ?? null}
      />
    </div>
  );
}
