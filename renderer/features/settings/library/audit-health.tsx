import type { AuditStatus } from '@shared/model/integrity';
import { Button } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowsDiff,
  IconCircleCheck,
  IconHourglass,
  IconShieldX,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format/use-format';
import { useStation } from '../../../app/station-context';
import { Asked } from '../../../components/asked';
import { ConfirmDialog } from '../../../components/confirm-dialog';
import { Detail } from '../../../components/detail';
import { ErrorNote } from '../../../components/error-note';
import { Facts } from '../../../components/facts';
import { StatusBadge } from '../../../components/status-badge';
import { auditCondition } from './conditions';
import { HealthBlock } from './health-block';
import styles from './library.module.css';

const POLL_MS = 3_000;
const LOOKS = {
  running: { tone: 'info', icon: IconArrowsDiff },
  failed: { tone: 'attention', icon: IconAlertTriangle },
  never: { tone: 'neutral', icon: IconHourglass },
  refused: { tone: 'danger', icon: IconShieldX },
  missing: { tone: 'attention', icon: IconAlertTriangle },
  agree: { tone: 'good', icon: IconCircleCheck },
} as const;

/** Whether every recording has its files and every file its recording, and the button to look now. */
export function AuditHealth(): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const status = useQuery(
    queries.integrity.auditStatus.queryOptions({ staleTime: 0, refetchInterval: POLL_MS }),
  );
  const audit = useMutation(
    queries.integrity.audit.mutationOptions({
      onSettled: () => queryClient.invalidateQueries({ queryKey: queries.integrity.key() }),
    }),
  );
  const condition = status.data === undefined ? null : auditCondition(status.data);
  const busy = audit.isPending || condition === 'running';
  return (
    <HealthBlock
      title={t('health.audit')}
      help={t('health.auditHelp')}
      badge={
        condition === null ? null : (
          <StatusBadge
            tone={LOOKS[condition].tone}
            icon={LOOKS[condition].icon}
            data-testid="audit-condition"
            data-state={condition}
          >
            {t(`auditCondition.${condition}`)}
          </StatusBadge>
        )
      }
      data-testid="audit-health"
    >
      <Asked query={status}>{(data) => <Known status={data} />}</Asked>
      <ErrorNote error={audit.error} />
      <div className={styles.buttons}>
        <Button
          variant="default"
          leftSection={<IconArrowsDiff size={20} aria-hidden />}
          loading={busy}
          data-testid="audit-now"
          onClick={() => {
            audit.mutate({});
          }}
        >
          {t('health.auditNow')}
        </Button>
        {condition === 'refused' ? (
          <Button
            variant="default"
            c="var(--danger)"
            disabled={busy}
            data-testid="audit-accept-loss"
            onClick={() => {
              setAsking(true);
            }}
          >
            {t('health.acceptLoss')}
          </Button>
        ) : null}
      </div>
      <ConfirmDialog
        opened={asking}
        title={t('health.acceptLossTitle')}
        consequences={[t('health.acceptLossMarks'), t('health.acceptLossBack')]}
        confirmLabel={t('health.acceptLossConfirm')}
        confirm={() => {
          setAsking(false);
          audit.mutate({ acceptLoss: true });
        }}
        cancel={() => {
          setAsking(false);
        }}
      />
    </HealthBlock>
  );
}

function Known({ status: { problem, last } }: { readonly status: AuditStatus }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  if (last === null && problem === null) return <p>{t('health.auditNever')}</p>;
  return (
    <>
      {problem === null ? null : (
        <div className={styles.attention} role="status">
          <strong>{t('health.auditFailed')}</strong>
          <Detail text={problem} />
        </div>
      )}
      {last === null ? null : (
        <>
          {last.report.refused === null ? null : (
            <div className={styles.danger} role="alert" data-testid="audit-refused">
              <strong>{t('health.refused')}</strong> {t('health.refusedAdvice')}
              <Detail text={last.report.refused} />
            </div>
          )}
          <Facts
            facts={[
              {
                label: t('health.auditAt'),
                value: format.instant(last.at, 'dateTime'),
                wide: true,
              },
              { label: t('health.compared'), value: format.count(last.report.rows) },
              { label: t('health.registered'), value: format.count(last.report.registered) },
              { label: t('health.markedMissing'), value: format.count(last.report.markedMissing) },
              { label: t('health.healed'), value: format.count(last.report.healed) },
            ]}
          />
        </>
      )}
    </>
  );
}
