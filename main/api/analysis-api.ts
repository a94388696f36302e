import type { Analysis } from '../analysis/analysis';
import { os } from './implementer';

export function analysisApi(analysis: Analysis) {
  return {
    workers: os.analysis.workers.handler(() => analysis.workers()),
    asset: os.analysis.asset.handler(({ input }) =>
      analysis.asset(input.recordingId, input.kind, input.again),
    ),
    retry: os.analysis.retry.handler(({ input }) => ({ jobs: analysis.retry(input.worker) })),
  };
}
