import type { IntegrityStatus } from '@shared/model/integrity';
import type { Settings } from '@shared/model/settings';
import { Button } from '@mantine/core';
import {
  IconCircleCheck,
  IconHourglass,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconShieldX,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format/use-format';
import { useStation } from '../../../app/station-context';
import { Asked } from '../../../components/asked';
import { ErrorNote } from '../../../components/error-note';
import { Facts } from '../../../components/facts';
import { StatusBadge } from '../../../components/status-badge';
import { readNumber } from '../read-value';
import { SwitchSetting } from '../switch-setting';
import { TextSetting } from '../text-setting';
import { formatPlainNumber } from '../../../app/format/numbers';
import { integrityCondition } from './conditions';
import { FindingsList } from './findings-list';
import { HealthBlock } from './health-block';
import styles from './library.module.css';

const POLL_MS = 2_000;
const LOOKS = {
  damage: { tone: 'danger', icon: IconShieldX },
  running: { tone: 'info', icon: IconRefresh },
  paused: { tone: 'attention', icon: IconPlayerPause },
  resting: { tone: 'neutral', icon: IconHourglass },
  done: { tone: 'good', icon: IconCircleCheck },
  nothing: { tone: 'neutral', icon: IconHourglass },
} as const;

/** Everything is read again, slowly, and compared with its hashes: how far, how fast, and what was found. */
export function IntegrityHealth({ settings }: { readonly settings: Settings }): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const status = useQuery(
    queries.integrity.status.queryOptions({ staleTime: 0, refetchInterval: POLL_MS }),
  );
  const adopt = {
    onSuccess: (answer: IntegrityStatus): void => {
      queryClient.setQueryData(queries.integrity.status.queryKey(), answer);
    },
  };
  const pause = useMutation(queries.integrity.pause.mutationOptions(adopt));
  const resume = useMutation(queries.integrity.resume.mutationOptions(adopt));
  const { library } = settings;
  const enabled = library.integrity_enabled;
  const condition = status.data === undefined ? null : integrityCondition(status.data);
  const paused = status.data?.state === 'paused';
  return (
    <HealthBlock
      title={t('health.integrity')}
      help={t('health.integrityHelp')}
      badge={
        condition === null ? null : (
          <StatusBadge
            tone={LOOKS[condition].tone}
            icon={LOOKS[condition].icon}
            data-testid="integrity-condition"
            data-state={condition}
          >
            {t(`integrityCondition.${condition}`)}
          </StatusBadge>
        )
      }
      data-testid="integrity-health"
    >
      <Asked query={status}>
        {(data) => (
          <>
            <Progress status={data} days={library.integrity_interval_days} enabled={enabled} />
            {data.total === 0 ? null : (
              <FindingsList count={data.corrupt + data.missing + data.unreadable} />
            )}
          </>
        )}
      </Asked>
      <ErrorNote error={pause.error ?? resume.error} />
      <div className={styles.buttons}>
        <Button
          variant="default"
          leftSection={
            paused ? (
              <IconPlayerPlay size={20} aria-hidden />
            ) : (
              <IconPlayerPause size={20} aria-hidden />
            )
          }
          loading={pause.isPending || resume.isPending}
          disabled={!enabled || status.data === undefined}
          data-testid={paused ? 'integrity-resume' : 'integrity-pause'}
          onClick={() => {
            pause.reset();
            resume.reset();
            (paused ? resume : pause).mutate(undefined);
          }}
        >
          {t(paused ? 'health.resume' : 'health.pause')}
        </Button>
      </div>
      <SwitchSetting
        setting="library.integrity_enabled"
        label={t('health.integrityEnabled')}
        help={t('health.integrityEnabledHelp')}
        value={enabled}
      />
      <TextSetting
        setting="library.integrity_interval_days"
        label={t('health.integrityDays')}
        help={t('health.integrityDaysHelp')}
        value={String(library.integrity_interval_days)}
        inputMode="numeric"
        read={(text) => readNumber(text, t('issue.number'))}
      />
      <TextSetting
        setting="library.integrity_rate_mb"
        label={t('health.integrityRate')}
        help={t('health.integrityRateHelp')}
        value={formatPlainNumber(library.integrity_rate_mb, language)}
        inputMode="decimal"
        read={(text) => readNumber(text, t('issue.number'))}
      />
    </HealthBlock>
  );
}

function Progress({
  status,
  days,
  enabled,
}: {
  readonly status: IntegrityStatus;
  readonly days: number;
  readonly enabled: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { state, total, verified, bytesPerS, current, wholeAt, roundSince, detail, paused } =
    status;
  const at = (instant: string | null): string =>
    instant === null ? t('health.notSinceStart') : format.instant(instant, 'dateTime');
  if (total === 0) return <p>{t('health.nothingToVerify')}</p>;
  return (
    <div>
      <progress
        className={styles.bar}
        aria-label={t('health.verified')}
        value={verified}
        max={Math.max(1, total)}
      />
      <p className={styles.figures} role="status" data-testid="integrity-progress">
        <strong>
          {t('health.verifiedOf', {
            verified: format.count(verified),
            total: format.count(total),
            share: format.share(verified / total),
          })}
        </strong>
        <span>{t('health.verifiedWithin', { count: days })}</span>
      </p>
      <p className={styles.current}>
        {state === 'running'
          ? (current ?? '\u00a0')
          : !enabled
            ? t('health.switchedOff')
            : state === 'done'
              ? t('health.nothingDue')
              : ''}
        {enabled && state === 'paused' && paused !== null
          ? t(`pausedBy.${paused.by}`, { time: at(paused.at) })
          : null}
        {state === 'resting' || (enabled && state === 'paused' && paused === null) ? (
          <span lang="en">{detail}</span>
        ) : null}
      </p>
      <Facts
        facts={[
          {
            label: t('health.rate'),
            value:
              state === 'running' && bytesPerS > 0
                ? t('progress.rate', { rate: format.bytes(bytesPerS) })
                : '–',
          },
          { label: t('health.wholeAt'), value: at(wholeAt), wide: true },
          ...(roundSince === null
            ? []
            : [{ label: t('health.roundSince'), value: at(roundSince), wide: true }]),
        ]}
      />
    </div>
  );
}
