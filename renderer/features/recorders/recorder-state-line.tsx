import type { RecorderStatus } from '@shared/model/recorder';
import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { microphoneVerdict } from '../../app/recording-verdict';
import { useRecorderExplanation } from '../../components/recorder-explanation';
import { VERDICT_SIGN, verdictStyle } from '../../components/verdict-sign';
import { useStationNow } from '../../stores/station-view';
import styles from './recorder-state-line.module.css';

interface Props {
  readonly recorder: RecorderStatus | null;
  readonly snapshotAt: string | null;
  readonly stale: boolean;
}

export function RecorderStateLine({ recorder, snapshotAt, stale }: Props): ReactNode {
  if (recorder === null || snapshotAt === null) return <Skeleton height="4.75rem" radius="md" />;
  return <Known recorder={recorder} snapshotAt={snapshotAt} stale={stale} />;
}

function Known({
  recorder,
  snapshotAt,
  stale,
}: {
  recorder: RecorderStatus;
  snapshotAt: string;
  stale: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useStationNow();
  const verdict = microphoneVerdict(recorder, snapshotAt, stale);
  const { text, advice } = useRecorderExplanation(recorder);
  const Sign = VERDICT_SIGN[verdict];
  const { lastSegmentAt, retryAt } = recorder;
  return (
    <div className={styles.line}>
      <p
        className={styles.state}
        style={verdictStyle(verdict)}
        role="status"
        data-testid="recorder-state"
        data-verdict={verdict}
        data-state={recorder.state}
      >
        <Sign size={22} aria-hidden />
        {t(`micVerdict.${verdict}`)}
      </p>
      <p className={styles.why} data-testid="recorder-reason">
        {stale
          ? t('dashboard.lastKnown', { state: text })
          : verdict === 'recording'
            ? lastSegmentAt === null
              ? t('dashboard.noSegment')
              : t('dashboard.lastSegment', { age: format.ago(lastSegmentAt, now) })
            : [
                text,
                advice,
                retryAt === null
                  ? ''
                  : t('recorders.retryIn', { when: format.until(retryAt, now) }),
              ]
                .filter((part) => part !== '')
                .map((part) => part.replace(/\.$/, ''))
                .join('. ')}
      </p>
    </div>
  );
}
