import type { RecorderStatus } from '@shared/model/recorder';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { Facts } from '../../components/facts';
import { useStationNow } from '../../stores/station-view';
import { driftPerDayS } from '../../components/signal-findings';
import { SignalNote } from '../../components/signal-note';
import styles from './run-facts.module.css';

/** How well the present run goes: its clock, its losses, its process, its sound. */
export function RunFacts({ recorder }: { readonly recorder: RecorderStatus }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useStationNow();
  const { signal, driftPpm, process, runId, runStartedAt, lastAudioAt } = recorder;
  return (
    <>
      <h3 className={styles.heading}>{t('run.title')}</h3>
      <Facts
        facts={[
          { label: t('run.id'), value: runId ?? '–', code: true },
          ...(runStartedAt === null
            ? []
            : [
                {
                  label: t('run.since'),
                  value: t('run.sinceWhen', {
                    age: format.age(
                      ((now ?? Date.parse(runStartedAt)) - Date.parse(runStartedAt)) / 1000,
                    ),
                    time: format.moment(runStartedAt, now),
                  }),
                },
              ]),
          ...(lastAudioAt === null
            ? []
            : [{ label: t('run.lastAudio'), value: format.ago(lastAudioAt, now) }]),
          {
            label: t('run.lost'),
            value: recorder.lostS === 0 ? t('run.nothing') : format.measured(recorder.lostS),
          },
          {
            label: t('run.overruns'),
            value: recorder.overruns === 0 ? t('run.none') : format.count(recorder.overruns),
          },
          {
            label: t('run.drift'),
            value:
              driftPpm === null
                ? t('run.measuring')
                : t('run.ppm', {
                    ppm: `${driftPpm > 0 ? '+' : ''}${format.decimal(driftPpm, 1)}`.replace(
                      '-',
                      '−',
                    ),
                    perDay: format.measured(driftPerDayS(driftPpm)),
                  }),
          },
          {
            label: t('run.clock'),
            value:
              recorder.clockSynced === null
                ? t('footer.unknown')
                : recorder.clockSynced
                  ? t('certificate.clockSynced')
                  : t('run.clockUnsynced'),
          },
          ...(recorder.adopted ? [{ label: t('run.adopted'), value: t('run.adoptedWhy') }] : []),
          ...(process === null
            ? []
            : [
                { label: t('run.process'), value: t('run.pid', { pid: process.pid }) },
                {
                  label: t('run.priority'),
                  wide: true,
                  value: [
                    process.nice === null ? '' : t('run.nice', { value: process.nice }),
                    process.oomScoreAdj === null
                      ? ''
                      : t('run.oom', { value: process.oomScoreAdj }),
                    process.ioClass === null ? '' : t('run.io', { value: process.ioClass }),
                  ]
                    .filter((part) => part !== '')
                    .join(' · '),
                },
              ]),
        ]}
      />
      {process === null ? null : <p className={styles.quiet}>{t('run.priorityHelp')}</p>}
      <h3 className={styles.heading}>{t('signal.title')}</h3>
      {signal === null ? (
        <p className={styles.quiet}>{t('signal.notYet')}</p>
      ) : (
        <>
          <SignalNote signal={signal} />
          <Facts
            facts={[
              { label: t('signal.peak'), value: format.dbfs(signal.peakDbfs) },
              { label: t('signal.rms'), value: format.dbfs(signal.rmsDbfs) },
              {
                label: t('signal.dc'),
                value: `${format.decimal(signal.dcOffset * 100, 2).replace('-', '−')} %`,
              },
              {
                label: t('signal.clipped'),
                value: `${format.decimal(signal.clippedRatio * 100, 3)} %`,
              },
            ]}
          />
        </>
      )}
    </>
  );
}
