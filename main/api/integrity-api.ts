import type {
  AuditReport,
  AuditStatus,
  Finding,
  IntegrityStatus,
  Verdict,
} from '@shared/model/integrity';
import { type Caller, os } from './implementer';

/** What the API needs of the job that verifies files, and of the audit. */
export interface IntegritySource {
  progress(): IntegrityStatus;
  pause(actor: Caller['actor']): IntegrityStatus;
  resume(actor: Caller['actor']): IntegrityStatus;
  findings(): Finding[];
  /** @throws NotFoundError for what is not here */
  verify(recordingId: number): Promise<Verdict[]>;
  auditStatus(): AuditStatus;
  audit(acceptLoss: boolean): Promise<AuditReport>;
}

export function integrityApi(integrity: IntegritySource) {
  return {
    status: os.integrity.status.handler(() => integrity.progress()),
    pause: os.integrity.pause.handler(({ context }) => integrity.pause(context.actor)),
    resume: os.integrity.resume.handler(({ context }) => integrity.resume(context.actor)),
    findings: os.integrity.findings.handler(() => integrity.findings()),
    verify: os.integrity.verify.handler(({ input }) => integrity.verify(input.recordingId)),
    auditStatus: os.integrity.auditStatus.handler(() => integrity.auditStatus()),
    audit: os.integrity.audit.handler(({ input }) => integrity.audit(input.acceptLoss)),
  };
}
