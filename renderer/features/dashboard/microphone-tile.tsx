import type { RecorderStatus } from '@shared/model/recorder';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { isCapturing, microphoneVerdict } from '../../app/recording-verdict';
import { useRecorderExplanation } from '../../components/recorder-explanation';
import { SignalNote } from '../../components/signal-note';
import { isGood } from '../../components/signal-findings';
import { SimulatedBadge } from '../../components/simulated-badge';
import { CoverageStrip } from '../../components/coverage/coverage-strip';
import { LevelMeter } from '../../components/levels/level-meter';
import { VERDICT_SIGN, verdictStyle } from '../../components/verdict-sign';
import { useStationNow } from '../../stores/station-view';
import styles from './microphone-tile.module.css';

interface Props {
  readonly recorder: RecorderStatus;
  readonly snapshotAt: string;
  readonly stale: boolean;
}

/** One microphone: recording or not, why not, and how long ago its last good segment began. */
export function MicrophoneTile({ recorder, snapshotAt, stale }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useStationNow();
  const verdict = microphoneVerdict(recorder, snapshotAt, stale);
  const { text, advice } = useRecorderExplanation(recorder);
  const Sign = VERDICT_SIGN[verdict];
  const { lastSegmentAt, lastAudioAt, retryAt, sampleRateHz } = recorder;
  return (
    <article
      className={styles.tile}
      data-testid={`dashboard-microphone-${recorder.device}`}
      data-verdict={verdict}
      aria-label={recorder.displayName}
    >
      <header className={styles.head}>
        <h2 className={styles.name}>{recorder.displayName}</h2>
        {recorder.kind === 'simulated' ? <SimulatedBadge /> : null}
      </header>
      <p className={styles.state} style={verdictStyle(verdict)} data-testid="microphone-verdict">
        <Sign size={24} aria-hidden />
        {t(`micVerdict.${verdict}`)}
      </p>
      {verdict === 'recording' ? null : (
        <p className={styles.why}>
          {stale ? t('dashboard.lastKnown', { state: text }) : text}.
          {verdict === 'doubtful' && lastAudioAt !== null
            ? ` ${t('dashboard.audioAge', { age: format.ago(lastAudioAt, now) })}.`
            : ''}
          {advice === '' || stale ? null : <span className={styles.advice}> {advice}</span>}
          {retryAt === null || stale ? null : (
            <span className={styles.advice}>
              {' '}
              {t('dashboard.retryIn', { when: format.until(retryAt, now) })}.
            </span>
          )}
        </p>
      )}
      <p className={styles.facts}>
        <span>
          {lastSegmentAt === null
            ? t('dashboard.noSegment')
            : t('dashboard.lastSegment', { age: format.ago(lastSegmentAt, now) })}
        </span>
        {sampleRateHz === null ? null : <span>{format.rate(sampleRateHz)}</span>}
      </p>
      {!stale && isCapturing(recorder) ? (
        <LevelMeter
          device={recorder.device}
          name={recorder.displayName}
          channels={recorder.channels ?? 1}
          sampleRateHz={recorder.sampleRateHz}
        />
      ) : null}
      {stale ||
      !isCapturing(recorder) ||
      recorder.signal === null ||
      isGood(recorder.signal) ? null : (
        <SignalNote signal={recorder.signal} brief />
      )}
      <CoverageStrip device={recorder.device} name={recorder.displayName} />
    </article>
  );
}
