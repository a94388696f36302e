// Proves that the layering rule bites: each rule is broken once in a small tree of its own, under the real configuration.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const project = resolve(import.meta.dirname, '../..');
const cruiser = join(project, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');

type Tree = Readonly<Record<string, string>>;

/** A house in which everything is where it belongs. */
const CLEAN: Tree = {
  'shared/model/recording.ts': 'export const recording = 1;\n',
  'shared/contract/index.ts': "export { recording } from '../model/recording.ts';\n",
  'main/clock/clock.ts': 'export const clock = 1;\n',
  'main/database/database.ts': "export { clock } from '../clock/clock';\n",
  'main/recorder/capture.ts':
    "import 'node:child_process';\nexport { clock } from '../clock/clock';\n",
  'main/recorder/recorder.ts':
    "export { clock } from './capture';\nexport { recording } from '@shared/model/recording';\n",
  'main/indexer/indexer.ts': "export { clock } from '@main/database/database';\n",
  'main/api/recorders.ts': "export { clock } from '../recorder/recorder';\n",
  'main/station.ts':
    "export { clock as a } from './recorder/recorder';\nexport { clock as b } from './indexer/indexer';\n",
  'main/cli/run.ts': "export { a } from '../station';\n",
  'main/headless.ts': "export { a } from './cli/run';\n",
  'electron/index.ts':
    "import 'electron';\nimport 'electron-updater';\nexport { a } from '../main/station';\nexport { recording } from '@shared/contract';\n",
  'renderer/app/clock.ts': 'export const face = 1;\n',
  'renderer/app/page.tsx':
    "export { face } from './clock';\nexport { recording } from '@shared/contract';\n",
  'scripts/tool.mjs': 'export const tool = 1;\n',
  'test/support/fake.ts': 'export const fake = 1;\n',
};

/** Every way to break the rules: the file that does it, what it imports, and the rule that must say so. */
const BREACHES: readonly { file: string; imports: string; rule: string }[] = [
  { file: 'shared/a1.ts', imports: '../main/clock/clock', rule: 'shared-imports-nothing-of-ours' },
  {
    file: 'shared/a2.ts',
    imports: '../renderer/app/clock',
    rule: 'shared-imports-nothing-of-ours',
  },
  { file: 'shared/a3.ts', imports: '@main/clock/clock', rule: 'shared-imports-nothing-of-ours' },
  { file: 'shared/a4.ts', imports: 'node:fs', rule: 'no-node-in-the-page' },
  { file: 'shared/a5.ts', imports: 'electron', rule: 'only-electron-imports-electron' },
  { file: 'main/clock/b1.ts', imports: '../../electron/index', rule: 'main-imports-only-shared' },
  {
    file: 'main/clock/b2.ts',
    imports: '../../renderer/app/clock',
    rule: 'main-imports-only-shared',
  },
  {
    file: 'main/clock/b3.ts',
    imports: '../../test/support/fake',
    rule: 'main-imports-only-shared',
  },
  { file: 'main/clock/b4.ts', imports: '../../scripts/tool.mjs', rule: 'main-imports-only-shared' },
  { file: 'main/clock/b5.ts', imports: 'electron', rule: 'only-electron-imports-electron' },
  { file: 'main/b6.ts', imports: 'electron-updater', rule: 'only-electron-imports-electron' },
  {
    file: 'electron/c1.ts',
    imports: '../renderer/app/clock',
    rule: 'electron-imports-only-main-and-shared',
  },
  {
    file: 'electron/c2.ts',
    imports: '../test/support/fake',
    rule: 'electron-imports-only-main-and-shared',
  },
  { file: 'renderer/d1.ts', imports: '../main/clock/clock', rule: 'renderer-imports-only-shared' },
  { file: 'renderer/d2.ts', imports: '@main/clock/clock', rule: 'renderer-imports-only-shared' },
  { file: 'renderer/d3.tsx', imports: '../electron/c1', rule: 'renderer-imports-only-shared' },
  { file: 'renderer/d4.ts', imports: 'electron', rule: 'only-electron-imports-electron' },
  { file: 'renderer/d5.ts', imports: 'node:path', rule: 'no-node-in-the-page' },
  { file: 'renderer/d6.ts', imports: 'fs', rule: 'no-node-in-the-page' },
  {
    file: 'main/indexer/e1.ts',
    imports: '../recorder/capture',
    rule: 'services-do-not-import-each-other',
  },
  {
    file: 'main/indexer/e2.ts',
    imports: '@main/recorder/capture',
    rule: 'services-do-not-import-each-other',
  },
  {
    file: 'main/clock/f1.ts',
    imports: '../recorder/capture',
    rule: 'ground-floor-imports-no-service',
  },
  {
    file: 'main/indexer/g1.ts',
    imports: '../station',
    rule: 'nothing-in-main-imports-the-top-floor',
  },
  {
    file: 'main/database/g2.ts',
    imports: '../api/recorders',
    rule: 'nothing-in-main-imports-the-top-floor',
  },
  { file: 'main/g3.ts', imports: './cli/run', rule: 'nothing-in-main-imports-the-top-floor' },
  { file: 'renderer/h1.ts', imports: './nowhere', rule: 'nothing-unresolved' },
  { file: 'main/recorder/i1.ts', imports: './i2', rule: 'no-cycles' },
];

/** Closes the cycle; the check names a cycle once. */
const OTHER_HALF: Tree = { 'main/recorder/i2.ts': "import './i1';\nexport const x = 1;\n" };

/** A type is an import too. */
const TYPE_BREACH = {
  file: 'main/indexer/e3.ts',
  text: "import type { clock } from '../recorder/capture';\nexport type Clock = typeof clock;\n",
  rule: 'services-do-not-import-each-other',
};

const folders: string[] = [];

async function plant(tree: Tree): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'layering-'));
  folders.push(folder);
  const packages = Object.fromEntries(
    ['electron', 'electron-updater'].flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' })],
      [`node_modules/${name}/index.js`, 'module.exports = {};\n'],
    ]),
  );
  for (const [file, text] of Object.entries({ ...tree, ...packages })) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  for (const file of ['.dependency-cruiser.mjs', '.dependency-cruiser.aliases.mjs']) {
    await copyFile(join(project, file), join(folder, file));
  }
  return folder;
}

interface Report {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly from: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

/** Runs the check over the folders that `npm run check` runs it over. */
function cruise(folder: string, ...output: string[]): Promise<{ said: string; failed: boolean }> {
  const folders = ['electron', 'main', 'renderer', 'shared'];
  const args = [cruiser, '--config', '.dependency-cruiser.mjs', ...output, ...folders];
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((done) => {
    execFile(process.execPath, args, options, (error, stdout) => {
      done({ said: stdout, failed: error !== null });
    });
  });
}

async function reportOn(folder: string): Promise<Report> {
  const { said } = await cruise(folder, '--output-type', 'json');
  return JSON.parse(said) as Report;
}

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

describe('the layering rule', () => {
  let said: ReadonlySet<string>;

  beforeAll(async () => {
    const breaches = Object.fromEntries(
      BREACHES.map(({ file, imports }) => [file, `import '${imports}';\nexport const x = 1;\n`]),
    );
    const folder = await plant({
      ...CLEAN,
      ...breaches,
      ...OTHER_HALF,
      [TYPE_BREACH.file]: TYPE_BREACH.text,
    });
    const report = await reportOn(folder);
    said = new Set(report.summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`));
  }, 30_000);

  it('lets a clean house pass', async () => {
    const report = await reportOn(await plant(CLEAN));
    expect(report.summary.violations).toEqual([]);
    expect(report.summary.totalCruised).toBeGreaterThan(12);
  }, 30_000);

  it.each(BREACHES)('reports $rule when $file imports $imports', ({ file, rule }) => {
    expect(said).toContain(`${file}: ${rule}`);
  });

  it('counts an import of a type as an import', () => {
    expect(said).toContain(`${TYPE_BREACH.file}: ${TYPE_BREACH.rule}`);
  });

  it('accuses nobody who broke no rule', () => {
    const guilty = new Set([...BREACHES.map(({ file }) => file), TYPE_BREACH.file]);
    const accused = [...said].map((line) => line.slice(0, line.indexOf(':')));
    expect(accused.filter((file) => !guilty.has(file))).toEqual([]);
  });

  it('fails the check, naming the rule and both files', async () => {
    const folder = await plant({ ...CLEAN, 'renderer/bad.ts': "import '@main/clock/clock';\n" });
    const { said: text, failed } = await cruise(folder);
    expect(failed).toBe(true);
    expect(text).toContain('renderer-imports-only-shared: renderer/bad.ts → main/clock/clock.ts');
  }, 30_000);

  it('lets the check of a clean house succeed', async () => {
    expect((await cruise(await plant(CLEAN))).failed).toBe(false);
  }, 30_000);
});
