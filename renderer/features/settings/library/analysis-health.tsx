import type { WorkerStatus } from '@shared/model/analysis';
import type { Settings } from '@shared/model/settings';
import { Button } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconPlayerPause,
  IconPower,
  IconRefresh,
  IconRepeat,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFormat } from '../../../app/format/use-format';
import { useStation } from '../../../app/station-context';
import { Asked } from '../../../components/asked';
import { Detail } from '../../../components/detail';
import { ErrorNote } from '../../../components/error-note';
import { Facts } from '../../../components/facts';
import { StatusBadge } from '../../../components/status-badge';
import { SwitchSetting } from '../switch-setting';
import { HealthBlock } from './health-block';
import styles from './library.module.css';

const POLL_MS = 3_000;
const LOOKS = {
  off: { tone: 'neutral', icon: IconPower },
  idle: { tone: 'good', icon: IconCircleCheck },
  working: { tone: 'info', icon: IconRefresh },
  paused: { tone: 'neutral', icon: IconPlayerPause },
  failing: { tone: 'attention', icon: IconAlertTriangle },
} as const;

/** What is made of the recordings, by whom, how far each is, and what it failed at. */
export function AnalysisHealth({ settings }: { readonly settings: Settings }): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const workers = useQuery(
    queries.analysis.workers.queryOptions({ staleTime: 0, refetchInterval: POLL_MS }),
  );
  return (
    <HealthBlock
      title={t('health.analysis')}
      help={t('health.analysisHelp')}
      data-testid="analysis-health"
    >
      <Asked query={workers}>
        {(list) =>
          list.length === 0 ? (
            <p>{t('health.noWorkers')}</p>
          ) : (
            <ul className={styles.list}>
              {list.map((worker) => (
                <Worker key={worker.name} worker={worker} settings={settings} />
              ))}
            </ul>
          )
        }
      </Asked>
    </HealthBlock>
  );
}

function Worker({
  worker,
  settings: { analysis },
}: {
  readonly worker: WorkerStatus;
  readonly settings: Settings;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const retry = useMutation(
    queries.analysis.retry.mutationOptions({
      onSettled: () => queryClient.invalidateQueries({ queryKey: queries.analysis.workers.key() }),
    }),
  );
  const { name, state, backlog, done, failed, lastError, version } = worker;
  const known = name === 'peaks' || name === 'spectrogram' || name === 'custom' ? name : null;
  const title = known === null ? name : t(`analysisWorker.${known}.text`);
  const { tone, icon } = LOOKS[state];
  return (
    <li className={styles.finding} data-testid="worker" data-name={name}>
      <div className={styles.line}>
        <h4 className={styles.name}>{title}</h4>
        <StatusBadge tone={tone} icon={icon} data-testid="worker-state" data-state={state}>
          {t(`workerState.${state}`)}
        </StatusBadge>
      </div>
      <Facts
        facts={[
          { label: t('health.waiting'), value: format.count(backlog) },
          { label: t('health.doneSinceStart'), value: format.count(done) },
          { label: t('health.failed'), value: format.count(failed) },
          { label: t('health.version'), value: version },
        ]}
      />
      {lastError === null ? null : (
        <div className={styles.attention} data-testid="worker-error">
          <strong>
            {t('health.lastError', { time: format.instant(lastError.at, 'dateTime') })}
          </strong>{' '}
          <Link href={`/recordings/${String(lastError.recordingId)}`} className={styles.link}>
            {t('health.recordingNumber', { id: String(lastError.recordingId) })}
          </Link>
          <Detail text={lastError.detail} />
        </div>
      )}
      <ErrorNote error={retry.error} />
      {failed === 0 && state !== 'failing' ? null : (
        <div className={styles.buttons}>
          <Button
            variant="default"
            leftSection={<IconRepeat size={20} aria-hidden />}
            loading={retry.isPending}
            aria-label={t('health.retryOf', { name: title })}
            data-testid="worker-retry"
            onClick={() => {
              retry.mutate({ worker: name });
            }}
          >
            {t('health.retry')}
          </Button>
        </div>
      )}
      {known === null ? null : known === 'custom' && analysis.custom_command === null ? (
        <p className={styles.quiet}>{t('health.noCommand')}</p>
      ) : (
        <SwitchSetting
          setting={`analysis.${known}_enabled`}
          label={t('health.everyRecording')}
          help={t(`analysisWorker.${known}.advice`)}
          value={analysis[`${known}_enabled`]}
        />
      )}
    </li>
  );
}
