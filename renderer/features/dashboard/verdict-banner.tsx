import type { StationSnapshot } from '@shared/model/station';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat, type Format } from '../../app/format/use-format';
import { stationVerdict, type StationVerdict } from '../../app/recording-verdict';
import { VERDICT_SIGN, verdictStyle } from '../../components/verdict-sign';
import { useFreshness, useStationNow } from '../../stores/station-view';
import styles from './verdict-banner.module.css';

/** The answer to "is it recording?", readable at two metres. */
export function VerdictBanner({ snapshot }: { readonly snapshot: StationSnapshot }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { stale, ageMs } = useFreshness();
  const now = useStationNow();
  const verdict = stationVerdict(snapshot);
  const kind = stale ? 'unknown' : verdict.kind;
  const Sign = VERDICT_SIGN[kind];
  const words = headline(verdict, t);
  return (
    <section
      className={styles.banner}
      style={verdictStyle(kind)}
      aria-label={t('verdict.label')}
      data-testid="station-verdict"
      data-verdict={kind}
    >
      <Sign className={styles.sign} aria-hidden data-verdict={kind} />
      <div className={styles.words} role="status">
        <p className={styles.headline}>{stale ? t('verdict.unknown') : words}</p>
        <p className={styles.reason} data-testid="station-verdict-reason">
          {stale
            ? t('verdict.lastKnown', { age: format.age(ageMs / 1000), verdict: words })
            : reason(verdict, snapshot.dataDisk.state, { t, format, now })}
        </p>
      </div>
    </section>
  );
}

function headline(verdict: StationVerdict, t: TFunction): string {
  return verdict.kind === 'partly'
    ? t('verdict.partly', { recording: verdict.recording, wanted: verdict.wanted })
    : t(`verdict.${verdict.kind}`);
}

function reason(
  verdict: StationVerdict,
  disk: StationSnapshot['dataDisk']['state'],
  { t, format, now }: { t: TFunction; format: Format; now: number | null },
): string {
  switch (verdict.kind) {
    case 'recording':
      return t('verdict.microphones', { recording: verdict.recording, count: verdict.wanted });
    case 'partly':
      return t('verdict.someNotRecording');
    case 'starting':
      return t('verdict.someStarting');
    case 'resting': {
      const why = t(
        verdict.because === 'all_paused' ? 'verdict.restingPaused' : 'verdict.restingSchedule',
      );
      return verdict.until === null
        ? why
        : t('verdict.restingUntil', { why, time: format.moment(verdict.until, now) });
    }
    case 'not_recording':
      switch (verdict.because) {
        case 'console_stopped':
          return t('desiredReason.console_stopped');
        case 'data_disk':
          return disk === 'ok' ? '' : t(`dataDisk.${disk}.text`);
        case 'no_microphone':
          return t('verdict.noMicrophone');
        case 'all_stopped':
          return t('verdict.allStopped');
        case 'all_waiting':
          return t('verdict.allWaiting');
        case 'microphones':
          return t('verdict.someNotRecording');
      }
  }
}
