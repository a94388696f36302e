import type { Remote } from '@shared/model/remote';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { CloudFailureNote } from '../../components/cloud-failure';
import { Detail } from '../../components/detail';
import { Facts } from '../../components/facts';
import { REMOTE_LOOK } from '../../components/remote-look';
import { StatusBadge } from '../../components/status-badge';
import { useStationNow } from '../../stores/station-view';
import styles from './cloud-page.module.css';
import { RemoteTransfers } from './live-transfers';
import { RemoteActions } from './remote-actions';
import { placeOf } from './remote-fields';

/** One remote: how it is and why, what it still waits for, what moves now, what failed last, and what can be done. */
export function RemoteCard({ remote }: { readonly remote: Remote }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useStationNow();
  const id = useId();
  const { state, lastFailure, lastUploadAt, capabilities } = remote;
  const over =
    lastFailure !== null &&
    lastUploadAt !== null &&
    lastUploadAt > lastFailure.at &&
    state !== 'refused' &&
    state !== 'full' &&
    state !== 'offline';
  return (
    <article
      className={styles.card}
      aria-labelledby={id}
      data-testid="remote-card"
      data-slug={remote.slug}
      data-state={state}
    >
      <div>
        <h2 id={id} className={styles.name}>
          {remote.name}
        </h2>
        <p className={styles.quiet}>
          {t(`remoteType.${remote.type}`)}
          {placeOf(remote) === '' ? '' : ` · ${placeOf(remote)}`}
        </p>
      </div>
      <div className={styles.badges}>
        <StatusBadge {...REMOTE_LOOK[state]} data-testid="remote-state" data-state={state}>
          {t(`remoteState.${state}.text`)}
        </StatusBadge>
        <span className={styles.quiet}>
          {t('dashboard.since', { time: format.moment(remote.since, now) })}
        </span>
        {remote.seeded ? (
          <StatusBadge tone="info" title={t('cloud.seededWhy')}>
            {t('cloud.seeded')}
          </StatusBadge>
        ) : null}
      </div>
      <p>
        {t(`remoteState.${state}.why`)}
        {remote.until === null
          ? ''
          : ` ${t(state === 'offline' ? 'cloud.retry' : 'cloud.until', {
              when:
                state === 'offline'
                  ? format.until(remote.until, now)
                  : format.moment(remote.until, now),
            })}`}
      </p>
      <Facts
        facts={[
          {
            label: t('cloud.waiting'),
            value: (
              <span data-testid="remote-waiting" data-count={remote.waiting}>
                {format.count(remote.waiting)}
                {remote.failed > 0
                  ? ` · ${t('cloud.failedOf', { count: remote.failed, formatted: format.count(remote.failed) })}`
                  : ''}
              </span>
            ),
          },
          {
            label: t('cloud.verified'),
            value: (
              <span data-testid="remote-verified" data-count={remote.verified}>
                {format.count(remote.verified)}
              </span>
            ),
          },
          {
            label: t('cloud.caughtUp'),
            value:
              remote.waiting === 0
                ? t('cloud.caughtUpNow')
                : remote.caughtUpAt === null
                  ? t('cloud.notForeseeable')
                  : format.moment(remote.caughtUpAt, now),
          },
          {
            label: t('cloud.speed'),
            value:
              remote.bytesPerS > 0
                ? t('progress.rate', { rate: format.bytes(remote.bytesPerS) })
                : t('cloud.still'),
          },
          {
            label: t('cloud.lastUpload'),
            value: lastUploadAt === null ? t('common.never') : format.ago(lastUploadAt, now),
          },
          {
            label: t('cloud.checkedBy'),
            value:
              capabilities === null
                ? '–'
                : capabilities.hashes.length === 0
                  ? t('cloud.bySamples')
                  : capabilities.hashes.join(', '),
          },
        ]}
      />
      {remote.givenUp > 0 ? (
        <p className={styles.note} data-testid="remote-given-up">
          {t('cloud.givenUp', {
            count: remote.givenUp,
            formatted: format.count(remote.givenUp),
          })}
        </p>
      ) : null}
      <RemoteTransfers slug={remote.slug} />
      {lastFailure === null ? null : <CloudFailureNote failure={lastFailure} over={over} />}
      <RemoteActions remote={remote} />
      <Detail text={detailsOf(remote)} />
    </article>
  );
}

function detailsOf({ slug, basePath, options, capabilities, detail, ...rest }: Remote): string {
  return [
    detail,
    `slug: ${slug}`,
    `base path: ${basePath === '' ? '/' : basePath}`,
    ...Object.entries(options).map(([name, value]) => `${name}: ${value}`),
    `secrets: ${rest.secrets.length === 0 ? '–' : rest.secrets.join(', ')}`,
    `bandwidth limit: ${rest.bandwidthLimit ?? '–'}`,
    `window: ${rest.window === null ? '–' : `${String(rest.window.startHour)}–${String(rest.window.endHour)} h`}`,
    ...(capabilities === null
      ? []
      : [
          `resumable: ${String(capabilities.resumable)}, quota: ${String(capabilities.quota)}, move: ${String(capabilities.move)}`,
        ]),
    `created: ${rest.createdAt}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}
