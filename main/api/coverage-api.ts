import type { Certificate, DayCoverage, DaySum } from '@shared/model/coverage';
import { os } from './implementer';

/** What the API needs of the coverage service. */
export interface CoverageSource {
  /** @throws NotFoundError for an unknown device */
  day(request: { day: string; device?: string | undefined }): Promise<DayCoverage>;
  /** @throws InvalidValueError for days in the wrong order, or too many */
  days(request: { from: string; to: string }, signal?: AbortSignal): Promise<DaySum[]>;
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
    days: os.coverage.days.handler(({ input, signal }) => coverage.days(input, signal)),
    certificate: os.coverage.certificate.handler(({ input }) => coverage.certificate(input)),
  };
}
