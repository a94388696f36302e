// `node --import …`: lets plain Node 24 run the project's TypeScript, whose imports name no file ending.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve as join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '../..');

registerHooks({
  resolve(specifier, context, next) {
    const folder = specifier.startsWith('.')
      ? fileURLToPath(new URL('.', context.parentURL))
      : specifier.startsWith('@main/') || specifier.startsWith('@shared/')
        ? root
        : undefined;
    if (folder !== undefined) {
      const path = join(folder, specifier.replace(/^@(?=main\/|shared\/)/, ''));
      const file = [`${path}.ts`, join(path, 'index.ts')].find((name) => existsSync(name));
      if (file !== undefined) return next(pathToFileURL(file).href, context);
    }
    return next(specifier, context);
  },
});
