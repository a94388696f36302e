import type { Device } from '@shared/model/device';
import type { ProfileEntry } from '@shared/model/profile';
import type { RecorderStatus } from '@shared/model/recorder';
import { IconPlugConnected, IconPlugX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { ENROLMENT_LOOK, enrolmentWord } from '../../components/enrolment-look';
import { isCapturing } from '../../app/recording-verdict';
import { CoverageStrip } from '../../components/coverage/coverage-strip';
import { Facts } from '../../components/facts';
import { LevelMeter } from '../../components/levels/level-meter';
import { SimulatedBadge } from '../../components/simulated-badge';
import { StatusBadge } from '../../components/status-badge';
import { DeviceDetails } from './device-details';
import { LastError } from './last-error';
import { ProfileChoice } from './profile-choice';
import { RecorderActions } from './recorder-actions';
import styles from './recorder-card.module.css';
import { RecorderStateLine } from './recorder-state-line';
import { isGood } from '../../components/signal-findings';
import { SignalNote } from '../../components/signal-note';
import { ScheduleLine } from './schedule-line';

interface Props {
  readonly device: Device;
  /** Null until the station's next word about it. */
  readonly recorder: RecorderStatus | null;
  readonly snapshotAt: string | null;
  readonly stale: boolean;
  readonly profiles: readonly ProfileEntry[] | null;
}

/** Everything about one device: what it is, what it does, why, and what can be done about it. */
export function RecorderCard({ device, recorder, snapshotAt, stale, profiles }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const word = enrolmentWord(device);
  const profile = profiles?.find((entry) => entry.profile.slug === device.profileSlug)?.profile
    .audio;
  const rate = recorder?.sampleRateHz ?? profile?.sample_rate;
  const channels = recorder?.channels ?? profile?.channels;
  const sampleFormat = recorder?.format ?? profile?.format;
  const segmentS = recorder?.segmentDurationS ?? null;
  return (
    <article
      className={styles.card}
      aria-label={device.displayName}
      data-testid={`recorder-card-${device.name}`}
      data-device={device.name}
    >
      <header className={styles.head}>
        <h2 className={styles.name}>{device.displayName}</h2>
        <div className={styles.badges}>
          {device.kind === 'simulated' ? (
            <SimulatedBadge />
          ) : (
            <StatusBadge tone="neutral">{t(`deviceKind.${device.kind}`)}</StatusBadge>
          )}
          <StatusBadge {...ENROLMENT_LOOK[word]} data-testid="enrolment-badge" data-state={word}>
            {t(`enrollment.${word}`)}
          </StatusBadge>
          <StatusBadge
            tone={device.presence === 'online' ? 'neutral' : 'attention'}
            icon={device.presence === 'online' ? IconPlugConnected : IconPlugX}
            data-testid="presence-badge"
            data-state={device.presence}
          >
            {t(`presence.${device.presence}`)}
          </StatusBadge>
        </div>
      </header>
      <RecorderStateLine recorder={recorder} snapshotAt={snapshotAt} stale={stale} />
      <RecorderActions device={device} />
      {recorder !== null && !stale && isCapturing(recorder) ? (
        <LevelMeter
          device={device.name}
          name={device.displayName}
          channels={channels ?? 1}
          sampleRateHz={recorder.sampleRateHz}
        />
      ) : null}
      <CoverageStrip device={device.name} name={device.displayName} />
      {device.enrollment === 'enrolled' ? (
        <ScheduleLine device={device} recorder={recorder} />
      ) : null}
      <ProfileChoice device={device} profiles={profiles} />
      <Facts
        facts={[
          { label: t('recorders.rate'), value: rate === undefined ? '–' : format.rate(rate) },
          {
            label: t('recorders.channels'),
            value: channels === undefined ? '–' : t('channels', { count: channels }),
          },
          {
            label: t('recorders.format'),
            value: sampleFormat === undefined ? '–' : t(`sampleFormat.${sampleFormat}`),
          },
          {
            label: t('recorders.segmentLength'),
            value: segmentS === null ? '–' : format.age(segmentS),
          },
          {
            label: t('recorders.segments'),
            value:
              recorder === null
                ? '–'
                : `${format.count(recorder.segmentsPromoted)}${
                    recorder.segmentsRefused > 0
                      ? ` · ${t('recorders.segmentsRefused', { count: recorder.segmentsRefused })}`
                      : ''
                  }`,
          },
          {
            label: t('recorders.restarts'),
            value: recorder === null ? '–' : format.count(recorder.restarts),
          },
          {
            label: t('recorders.recorded'),
            value: recorder === null ? '–' : format.age(recorder.recordedS),
          },
        ]}
      />
      {recorder === null || recorder.signal === null || isGood(recorder.signal) ? null : (
        <SignalNote signal={recorder.signal} />
      )}
      {recorder === null || recorder.lastError === null ? null : (
        <LastError
          error={recorder.lastError}
          retryAt={recorder.retryAt}
          failing={recorder.failing}
        />
      )}
      <DeviceDetails device={device} recorder={recorder} />
    </article>
  );
}
