import type { Settings } from '@shared/model/settings';
import type { ReactNode } from 'react';
import { AnalysisHealth } from './analysis-health';
import { AuditHealth } from './audit-health';
import { DatabaseHealth } from './database-health';
import { HistoryBounds } from './history-bounds';
import { IntegrityHealth } from './integrity-health';
import styles from './library.module.css';

/** Can the library be trusted? What looks after it, what it found, and how long what is kept. */
export function LibrarySection({ settings }: { readonly settings: Settings }): ReactNode {
  return (
    <div className={styles.blocks} data-testid="library-health">
      <IntegrityHealth settings={settings} />
      <AuditHealth />
      <DatabaseHealth />
      <AnalysisHealth settings={settings} />
      <HistoryBounds settings={settings} />
    </div>
  );
}
