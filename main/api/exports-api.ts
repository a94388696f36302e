import type { Exporter } from '../exporting/exporter';
import { os } from './implementer';

export function exportsApi(exporter: Exporter) {
  return {
    start: os.exports.start.handler(({ input, context }) => exporter.begin(input, context.actor)),
    list: os.exports.list.handler(() => exporter.list()),
    watch: os.exports.watch.handler(({ input, signal }) =>
      exporter.watch(input.id, signal ?? new AbortController().signal),
    ),
    cancel: os.exports.cancel.handler(({ input }) => exporter.cancel(input.id)),
  };
}
