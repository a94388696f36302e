import type { Certificate } from '@shared/model/coverage';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatInstant } from '../../app/format/instants';
import { useFormat } from '../../app/format/use-format';
import { Facts } from '../facts';
import { CoverageBar } from './coverage-bar';
import styles from './certificate-sheet.module.css';
import { layoutCoverage } from './coverage-layout';

/** More than this, and the files are named in the saved certificate only. */
const MOST_FILES = 400;

/** The certificate as a person reads it, on the screen and on paper. Times in the certificate's own zone. */
export function CertificateSheet({
  certificate,
}: {
  readonly certificate: Certificate;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { station, timezone, signature } = certificate;
  const at = (instant: string): string =>
    formatInstant(instant, 'dateTime', { language: format.language, timeZone: timezone });
  return (
    <article className={styles.sheet}>
      <header>
        <h2 className={styles.title}>{t('certificate.sheetTitle')}</h2>
        <p className={styles.stretch}>
          {t('certificate.stretch', {
            station: station.name,
            from: at(certificate.from),
            to: at(certificate.to),
            zone: timezone,
          })}
        </p>
        <p className={styles.quiet}>
          UTC: {certificate.from} – {certificate.to}
        </p>
      </header>
      <Facts
        facts={[
          { label: t('certificate.issued'), value: at(certificate.issuedAt) },
          {
            label: t('certificate.clock'),
            value:
              certificate.clockSynced === null
                ? t('certificate.clockUnknown')
                : certificate.clockSynced
                  ? t('certificate.clockSynced')
                  : t('certificate.clockUnsynced'),
          },
          {
            label: t('certificate.position'),
            value:
              station.latitude === null || station.longitude === null
                ? t('footer.unknown')
                : `${format.decimal(station.latitude, 5)}°, ${format.decimal(station.longitude, 5)}°`,
          },
          { label: t('certificate.software'), value: station.software },
          { label: t('certificate.stationId'), value: station.id, code: true },
        ]}
      />
      {certificate.devices.map((device) => (
        <DevicePart key={device.device} device={device} certificate={certificate} at={at} />
      ))}
      <footer className={styles.signature}>
        <h3>{t('certificate.signature')}</h3>
        <p className={styles.quiet}>{t('certificate.verify')}</p>
        <Facts
          facts={[
            { label: t('certificate.publicKey'), value: signature.publicKey, code: true },
            { label: signature.algorithm, value: signature.value, code: true },
          ]}
        />
      </footer>
    </article>
  );
}

function DevicePart({
  device,
  certificate,
  at,
}: {
  readonly device: Certificate['devices'][number];
  readonly certificate: Certificate;
  readonly at: (instant: string) => string;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const layout = layoutCoverage(
    device,
    { from: certificate.from, to: certificate.to, at: certificate.to },
    Number.POSITIVE_INFINITY,
  );
  const listed = device.files.length <= MOST_FILES ? device.files : [];
  const unhashed = device.files.filter(
    (file) => file.sha256 === null && file.absent === undefined,
  ).length;
  return (
    <section className={styles.device}>
      <h3>
        {device.displayName}
        {device.simulated ? ` (${t('app.simulated')})` : ''}
      </h3>
      <CoverageBar layout={layout} />
      <Facts
        facts={[
          {
            label: t('coverage.share'),
            value: device.coverage === null ? '–' : format.share(device.coverage),
          },
          { label: t('coverage.scheduled'), value: inSeconds(device.scheduledS) },
          ...(device.scheduledFromRecordingsS === undefined
            ? []
            : [
                {
                  label: t('coverage.fromRecordings'),
                  value: inSeconds(device.scheduledFromRecordingsS),
                },
              ]),
          { label: t('coverage.recorded'), value: inSeconds(device.recordedS) },
          { label: t('coverage.unsynced'), value: inSeconds(device.unsyncedS) },
          { label: t('coverage.clockNotTold'), value: inSeconds(device.clockUnknownS) },
          { label: t('certificate.files'), value: format.count(device.files.length) },
          { label: t('recorders.identity'), value: device.device, code: true },
        ]}
      />
      <h4>{t('coverage.gaps', { count: device.gaps.length })}</h4>
      {device.gaps.length === 0 ? (
        <p>{t('coverage.noGaps')}</p>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th>{t('recordings.from')}</th>
              <th>{t('recordings.to')}</th>
              <th>{t('certificate.seconds')}</th>
              <th>{t('certificate.cause')}</th>
            </tr>
          </thead>
          <tbody>
            {device.gaps.map((gap) => (
              <tr key={gap.from}>
                <td>{at(gap.from)}</td>
                <td>{gap.to === null ? '–' : at(gap.to)}</td>
                <td className={styles.number}>{format.decimal(gap.seconds, 2)}</td>
                <td>
                  {t(`gapReason.${gap.reason}.text`)}
                  {gap.detail === '' ? null : <div className={styles.detail}>{gap.detail}</div>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h4>{t('certificate.files')}</h4>
      {unhashed === 0 ? null : <p>{t('certificate.unhashed', { count: unhashed })}</p>}
      {listed.length === 0 ? (
        <p>{t('certificate.filesInJson', { count: device.files.length })}</p>
      ) : (
        <table className={styles.table} data-files>
          <thead>
            <tr>
              <th>{t('recordings.path')}</th>
              <th>{t('certificate.seconds')}</th>
              <th>{t('recordings.sha256')}</th>
            </tr>
          </thead>
          <tbody>
            {listed.map((file) => (
              <tr key={file.path}>
                <td className={styles.code}>
                  {file.path}
                  {file.clock === 'not_synchronised' ? ` · ${t('recordings.flagUnsynced')}` : ''}
                  {file.clock === 'unknown' ? ` · ${t('recordings.flagClockUnknown')}` : ''}
                  {file.recovered ? ` · ${t('recordings.flagRecovered')}` : ''}
                  {file.absent === undefined ? '' : ` · ${t(`certificate.absent.${file.absent}`)}`}
                </td>
                <td className={styles.number}>{format.decimal(file.durationS, 2)}</td>
                <td className={styles.code}>{file.sha256 ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );

  function inSeconds(seconds: number): string {
    return `${format.age(seconds)} (${format.decimal(seconds, 2)} s)`;
  }
}
