// Runs inside Electron as its default app: `electron [flags] <app folder or file> [args]`.
// It stays an ES module with a top-level await: that is how Electron waits for the app to have loaded.
import { app } from 'electron';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

process.defaultApp = true;
const args = process.argv.slice(1);
const isRequire = (arg) => arg === '-r' || arg === '--require';
const at = args.findIndex((arg, index) => !arg.startsWith('-') && !isRequire(args[index - 1]));

if (at < 0) {
  console.error('usage: electron [flags] <app folder or file> [arguments]');
  app.exit(2);
} else {
  const root = resolve(args[at]);
  let entry = root;
  if (statSync(root).isDirectory()) {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    app.name = manifest.productName ?? manifest.name ?? app.name;
    if (manifest.version) app.setVersion(manifest.version);
    entry = join(root, manifest.main ?? 'index.js');
    app.setAppPath(root);
  } else {
    app.setAppPath(dirname(root));
  }
  app.setPath('userData', join(app.getPath('appData'), app.name));
  const require = createRequire(import.meta.url);
  args.slice(0, at).forEach((arg, index) => {
    if (isRequire(arg)) require(args[index + 1]);
  });
  await import(pathToFileURL(entry).href);
}
