import type { LogRecord } from '@shared/model/log';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import type { LogLine } from './log-lines';
import styles from './log-list.module.css';

interface Props {
  readonly line: LogLine;
  readonly top: number;
  readonly height: number;
  readonly tabbable: boolean;
  readonly open: (record: LogRecord) => void;
}

export function LogRow({ line, top, height, tabbable, open }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const place = { transform: `translateY(${String(top)}px)`, height };
  if (line.kind !== 'record') {
    return (
      <p className={styles.notice} style={place} data-testid={`log-${line.kind}`}>
        {line.kind === 'restarted'
          ? t('logs.restarted')
          : line.count === null
            ? t('logs.missedUnknown')
            : t('logs.missed', { count: line.count })}
      </p>
    );
  }
  const { record } = line;
  return (
    <button
      type="button"
      className={styles.line}
      style={place}
      tabIndex={tabbable ? 0 : -1}
      data-testid="log-line"
      data-key={line.key}
      data-level={record.level}
      data-event={record.event}
      onClick={() => {
        open(record);
      }}
    >
      <span className={styles.time}>{format.instant(record.time, 'timeMs')}</span>
      <span className={styles.level} data-level={record.level}>
        {t(`logLevel.${record.level}`)}
      </span>
      <span className={styles.service}>{record.service}</span>
      <span className={styles.text} lang="en">
        <span className={styles.event}>{record.event}</span> {record.message}
      </span>
    </button>
  );
}
