import type { DatabaseStatus } from '@shared/model/database';
import type { PastAlert } from '@shared/model/station';
import { Button } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconDatabaseExport,
  IconDatabaseX,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format/use-format';
import { useStation } from '../../../app/station-context';
import { Asked } from '../../../components/asked';
import { Detail } from '../../../components/detail';
import { ErrorNote } from '../../../components/error-note';
import { Facts } from '../../../components/facts';
import { StatusBadge } from '../../../components/status-badge';
import { databaseCondition, lastRepair } from './conditions';
import { HealthBlock } from './health-block';
import styles from './library.module.css';

const POLL_MS = 10_000;
/** A repair that lies further back in the history is told by the alerts' own page. */
const ALERTS_LOOKED_AT = 200;

/** The file in which the station keeps everything that is not sound: how large, how well, how well copied. */
export function DatabaseHealth(): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const status = useQuery(
    queries.database.status.queryOptions({ staleTime: 0, refetchInterval: POLL_MS }),
  );
  const history = useQuery(
    queries.alerts.history.queryOptions({ input: { limit: ALERTS_LOOKED_AT } }),
  );
  const backUp = useMutation(
    queries.database.backUp.mutationOptions({
      onSettled: () => queryClient.invalidateQueries({ queryKey: queries.database.key() }),
    }),
  );
  const condition = status.data === undefined ? null : databaseCondition(status.data);
  return (
    <HealthBlock
      title={t('health.database')}
      help={t('health.databaseHelp')}
      badge={
        condition === null ? null : (
          <StatusBadge
            tone={condition === 'well' ? 'good' : condition === 'damaged' ? 'danger' : 'attention'}
            icon={
              condition === 'well'
                ? IconCircleCheck
                : condition === 'damaged'
                  ? IconDatabaseX
                  : IconAlertTriangle
            }
            data-testid="database-condition"
            data-state={condition}
          >
            {t(`databaseCondition.${condition}`)}
          </StatusBadge>
        )
      }
      data-testid="database-health"
    >
      <Asked query={status}>
        {(data) => <Known status={data} repair={lastRepair(history.data ?? [])} />}
      </Asked>
      <ErrorNote error={backUp.error} />
      <div className={styles.buttons}>
        <Button
          variant="default"
          leftSection={<IconDatabaseExport size={20} aria-hidden />}
          loading={backUp.isPending || status.data?.backingUp === true}
          data-testid="back-up"
          onClick={() => {
            backUp.mutate(undefined);
          }}
        >
          {t('health.backUp')}
        </Button>
      </div>
    </HealthBlock>
  );
}

function Known({
  status,
  repair,
}: {
  readonly status: DatabaseStatus;
  readonly repair: PastAlert | null;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { backups, backupProblem, lastCheck, restored, slow } = status;
  const [newest] = backups;
  const at = (instant: string): string => format.instant(instant, 'dateTime');
  return (
    <>
      {restored === null ? null : (
        <div className={styles.attention} role="status" data-testid="database-restored">
          <strong>{t('health.restored', { time: at(restored.at) })}</strong>{' '}
          {t(restored.from === null ? 'health.restoredFromNothing' : 'health.restoredFromBackup')}
          <Detail
            text={[restored.reason, restored.from ?? ''].filter((line) => line !== '').join('\n')}
          />
        </div>
      )}
      {backupProblem === null ? null : (
        <div className={styles.attention} role="alert">
          <strong>{t('health.backupFailed')}</strong>
          <Detail text={backupProblem} />
        </div>
      )}
      <Facts
        facts={[
          {
            label: t('health.size'),
            value: format.bytes(status.sizeBytes + status.logBytes),
          },
          { label: t('health.free'), value: format.bytes(status.freeBytes) },
          {
            label: t('health.lastBackup'),
            value: newest === undefined ? t('common.never') : at(newest.at),
            wide: true,
          },
          {
            label: t('health.backupsKept'),
            value: format.count(backups.length),
          },
          {
            label: t('health.lastCheck'),
            value: lastCheck === null ? t('health.notSinceStart') : at(lastCheck.at),
            wide: true,
          },
          {
            label: t('health.slow'),
            value:
              slow.statements === 0
                ? t('health.slowNone')
                : t('health.slowSome', {
                    count: slow.statements,
                    formatted: format.count(slow.statements),
                    longest: format.measured(slow.longestMs / 1000),
                  }),
            wide: true,
          },
          {
            label: t('health.lastRepair'),
            value: repair === null ? t('health.repairNone') : at(repair.since),
            wide: true,
          },
        ]}
      />
      {lastCheck === null || lastCheck.damage === null ? null : <Detail text={lastCheck.damage} />}
      {repair === null ? null : <Detail text={repair.evidence} />}
    </>
  );
}
