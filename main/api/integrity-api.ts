import type { AuditReport, IntegrityStatus, Verdict } from '@shared/model/integrity';
import { os } from './implementer';

/** What the API needs of the job that verifies files, and of the audit. */
export interface IntegritySource {
  progress(): IntegrityStatus;
  pause(): IntegrityStatus;
  resume(): IntegrityStatus;
  /** @throws NotFoundError for what is not here */
  verify(recordingId: number): Promise<Verdict[]>;
  audit(acceptLoss: boolean): Promise<AuditReport>;
}

export function integrityApi(integrity: IntegritySource) {
  return {
    status: os.integrity.status.handler(() => integrity.progress()),
    pause: os.integrity.pause.handler(() => integrity.pause()),
    resume: os.integrity.resume.handler(() => integrity.resume()),
    verify: os.integrity.verify.handler(({ input }) => integrity.verify(input.recordingId)),
    audit: os.integrity.audit.handler(({ input }) => integrity.audit(input.acceptLoss)),
  };
}
