import type { Certificate, DayCoverage } from '@shared/model/coverage';
import { os } from './implementer';

/** What the API needs of the coverage service. */
export interface CoverageSource {
  /** @throws NotFoundError for an unknown device */
  day(request: { day: string; device?: string | undefined }): Promise<DayCoverage>;
  /** @throws NotFoundError for an unknown device, InvalidValueError for a stretch that is not over */
  certificate(request: {
    from: string;
    to: string;
    device?: string | undefined;
  }): Promise<Certificate>;
}

export function coverageApi(coverage: CoverageSource) {
  return {
    day: os.coverage.day.handler(({ input }) => coverage.day(input)),
    certificate: os.coverage.certificate.handler(({ input }) => coverage.certificate(input)),
  };
}
