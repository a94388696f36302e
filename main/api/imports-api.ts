import type { ImportService } from '../importing/import-service';
import { os } from './implementer';

export function importsApi(imports: ImportService) {
  return {
    start: os.imports.start.handler(({ input }) => imports.begin(input.paths, input.options)),
    list: os.imports.list.handler(() => imports.list()),
    get: os.imports.get.handler(({ input }) => imports.get(input.id)),
    watch: os.imports.watch.handler(({ input, signal }) =>
      imports.watch(input.id, signal ?? new AbortController().signal),
    ),
    cancel: os.imports.cancel.handler(({ input }) => imports.cancel(input.id)),
    resume: os.imports.resume.handler(({ input }) => imports.resume(input.id)),
    items: os.imports.items.handler(({ input }) => imports.items(input.id, input)),
  };
}
