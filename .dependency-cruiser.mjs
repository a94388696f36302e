// Who may import whom: docs in architecture, section "Who may import whom". test/unit/layering.test.ts proves that each
// rule bites.

/** Small modules that every service in main/ stands on. */
const GROUND_FLOOR = [
  'clock',
  'database',
  'events',
  'files',
  'logging',
  'process',
  'settings',
  'vault',
  'wav',
];
/** What puts the services together, and what adapts them to the page and to the command line. */
const TOP_FLOOR = ['api', 'cli', 'composition'];
const TOP_FILES = ['station', 'headless'];

const ground = `^main/(?:${GROUND_FLOOR.join('|')})/`;
const top = `^main/(?:(?:${TOP_FLOOR.join('|')})/|(?:${TOP_FILES.join('|')})[.]ts$)`;
/** A folder in main/ that is neither: captures its name. */
const service = `^main/(?!(?:${[...GROUND_FLOOR, ...TOP_FLOOR].join('|')})/)([^/]+)/`;
const ours = '^(?:electron|main|renderer|shared|scripts|test)/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two modules that import each other are one module in two files.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'nothing-unresolved',
      comment: 'An import that leads nowhere could be hiding from the other rules.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'shared-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: ours, pathNot: '^shared/' },
    },
    {
      name: 'main-imports-only-shared',
      severity: 'error',
      from: { path: '^main/' },
      to: { path: ours, pathNot: '^(?:main|shared)/' },
    },
    {
      name: 'electron-imports-only-main-and-shared',
      severity: 'error',
      from: { path: '^electron/' },
      to: { path: ours, pathNot: '^(?:electron|main|shared)/' },
    },
    {
      name: 'renderer-imports-only-shared',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: ours, pathNot: '^(?:renderer|shared)/' },
    },
    {
      name: 'only-electron-imports-electron',
      comment: 'The station runs without a screen; only its shell knows Electron.',
      severity: 'error',
      from: { pathNot: '^electron/' },
      to: {
        path: '(?:^|/)node_modules/electron(?:-updater)?(?:/|$)|^electron(?:-updater)?(?:/|$)',
      },
    },
    {
      name: 'no-node-in-the-page',
      comment: 'The page is sandboxed: there is no Node in it. What is shared runs in it too.',
      severity: 'error',
      from: { path: '^(?:renderer|shared)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'services-do-not-import-each-other',
      comment: 'They meet in main/station.ts, through what they are given, and over the database.',
      severity: 'error',
      from: { path: service },
      to: { path: service, pathNot: '^main/$1/' },
    },
    {
      name: 'ground-floor-imports-no-service',
      severity: 'error',
      from: { path: ground },
      to: { path: service },
    },
    {
      name: 'nothing-in-main-imports-the-top-floor',
      severity: 'error',
      from: { path: '^main/', pathNot: top },
      to: { path: top },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Types count: a type taken from another service ties to it as much as a function does.
    tsPreCompilationDeps: true,
    webpackConfig: { fileName: '.dependency-cruiser.aliases.mjs' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'],
    },
  },
};
