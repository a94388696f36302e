import { asc, eq } from 'drizzle-orm';
import type { Detection } from '@shared/model/analysis';
import type { Connection } from './connection';
import { detections } from './schema';

/** What all workers have detected, in the order of the recording. */
export function detectionsOf(connection: Connection, recordingId: number): Detection[] {
  return connection.db
    .select({
      id: detections.id,
      worker: detections.worker,
      workerVersion: detections.workerVersion,
      startS: detections.startS,
      endS: detections.endS,
      label: detections.label,
      confidence: detections.confidence,
    })
    .from(detections)
    .where(eq(detections.recordingId, recordingId))
    .orderBy(asc(detections.startS), asc(detections.id))
    .all();
}
