// Development only: pictures of every page in every state, and what axe finds on them.
//   node test/support/renderer-fake/shoot.ts <folder for pictures> [words that a picture's name must contain, `a|b` for either …]
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { fakePage } from './fake-page.ts';

const [folder = 'out/pictures', ...words] = process.argv.slice(2);
const SIZES = { touch: { width: 800, height: 480 }, laptop: { width: 1280, height: 800 } } as const;

interface Shot {
  readonly name: string;
  readonly scene: string;
  readonly path: string;
  act?(page: Page): Promise<void>;
}
const click =
  (testId: string) =>
  async (page: Page): Promise<void> => {
    const wanted = page.getByTestId(testId).first();
    await wanted.waitFor({ timeout: 4_000 }).catch(() => undefined);
    const [target] = await page.getByTestId(testId).all(); // some exist at one size only
    await target?.click();
    await page.waitForTimeout(500);
  };
const scrolledTo =
  (testId: string) =>
  async (page: Page): Promise<void> => {
    await page
      .getByTestId(testId)
      .evaluate((block) => {
        block.scrollIntoView();
      })
      .catch(() => undefined);
    await page.waitForTimeout(200);
  };
const SHOTS: readonly Shot[] = [
  ...['filled', 'good', 'empty', 'loading', 'stopped', 'demo', 'resting', 'disk', 'mute'].map(
    (scene) => ({
      name: `dashboard-${scene}`,
      scene,
      path: '/',
    }),
  ),
  {
    name: 'dashboard-stale',
    scene: 'stale',
    path: '/',
    act: (page) => page.waitForTimeout(11_500),
  },
  ...['filled', 'empty', 'loading', 'error', 'resting'].map((scene) => ({
    name: `recorders-${scene}`,
    scene,
    path: '/recorders',
  })),
  { name: 'recorders-add', scene: 'good', path: '/recorders/add-simulated' },
  {
    name: 'recorders-add-alsa-error',
    scene: 'good',
    path: '/recorders/add-alsa',
    act: async (page) => {
      await page.getByTestId('add-pcm').fill('has space');
      await click('add-submit')(page);
    },
  },
  { name: 'more', scene: 'filled', path: '/settings', act: click('nav-more') },
  { name: 'filters', scene: 'filled', path: '/recordings', act: click('filters-toggle') },
  { name: 'recorders-remove', scene: 'good', path: '/recorders', act: click('recorder-remove') },
  ...['filled', 'empty', 'loading', 'error'].map((scene) => ({
    name: `recordings-${scene}`,
    scene,
    path: '/recordings',
  })),
  { name: 'recordings-panel', scene: 'filled', path: '/recordings', act: click('recording-row') },
  {
    name: 'recordings-one',
    scene: 'good',
    path: '/recordings/5000',
    act: async (page) => {
      await page.waitForTimeout(600);
      await click('zoom-in')(page);
      await page.getByTestId('seek').press('PageUp');
      await page.getByTestId('stream-choice').locator('label[for$="-raw"]').click();
      await page.getByTestId('slowdown').locator('label[for$="-10"]').click();
      await page.waitForTimeout(300);
    },
  },
  {
    name: 'recordings-one-below',
    scene: 'good',
    path: '/recordings/4995',
    act: async (page) => {
      await click('verify')(page);
      await page.waitForTimeout(500);
    },
  },
  {
    name: 'recordings-custody',
    scene: 'good',
    path: '/recordings/4990',
    act: scrolledTo('custody'),
  },
  ...[4999, 5005, 5002].map((id) => ({
    name: `recordings-one-${String(id)}`,
    scene: 'good',
    path: `/recordings/${String(id)}`,
  })),
  {
    name: 'recordings-marked',
    scene: 'filled',
    path: '/recordings',
    act: async (page) => {
      await click('mark-toggle')(page);
      const rows = page.getByTestId('recording-row');
      await rows.nth(1).locator('input').locator('..').click();
      await rows
        .nth(3)
        .locator('input')
        .locator('..')
        .click({ modifiers: ['Shift'] });
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'recordings-undo',
    scene: 'filled',
    path: '/recordings',
    act: async (page) => {
      await click('mark-toggle')(page);
      await page.getByTestId('recording-row').nth(1).locator('input').locator('..').click();
      await click('discard')(page);
    },
  },
  {
    name: 'recordings-tags',
    scene: 'filled',
    path: '/recordings',
    act: async (page) => {
      await click('mark-toggle')(page);
      await page.getByTestId('recording-row').nth(1).locator('input').locator('..').click();
      await click('tag')(page);
    },
  },
  {
    name: 'recordings-searched',
    scene: 'good',
    path: '/recordings',
    act: async (page) => {
      await page.getByTestId('recordings-search').fill('kauz');
      await page.waitForTimeout(900);
    },
  },
  {
    name: 'recordings-no-match',
    scene: 'good',
    path: '/recordings',
    act: async (page) => {
      await page.getByTestId('recordings-search').fill('nightingale');
      await page.waitForTimeout(900);
    },
  },
  {
    name: 'recordings-days',
    scene: 'filled',
    path: '/recordings',
    act: async (page) => {
      await click('days-toggle')(page);
      await page.waitForTimeout(1500);
      await page.locator('[data-testid="day-cell"][data-today]').click();
      await page.waitForTimeout(700);
    },
  },
  {
    name: 'recordings-bin',
    scene: 'good',
    path: '/recordings',
    act: async (page) => {
      await click('bin-toggle')(page);
      await page.waitForTimeout(600);
    },
  },
  {
    name: 'recordings-purge',
    scene: 'good',
    path: '/recordings',
    act: async (page) => {
      await click('bin-toggle')(page);
      await page.waitForTimeout(600);
      await click('mark-toggle')(page);
      await page.getByTestId('recording-row').nth(1).locator('input').locator('..').click();
      await click('purge')(page);
      await page.waitForTimeout(600);
    },
  },
  { name: 'recordings-import', scene: 'good', path: '/recordings', act: click('import-open') },
  ...[1500, 9000].map((ms) => ({
    name: `recordings-import-${String(ms)}`,
    scene: 'good',
    path: '/recordings',
    act: async (page: Page) => {
      await click('import-open')(page);
      await click('import-folder')(page);
      await click('import-start')(page);
      await page.waitForTimeout(ms);
    },
  })),
  ...[200, 7000].map((ms) => ({
    name: `recordings-export-${String(ms)}`,
    scene: 'good',
    path: '/recordings',
    act: async (page: Page) => {
      await click('mark-toggle')(page);
      await page.getByTestId('recording-row').nth(1).locator('input').locator('..').click();
      await click('export')(page);
      await click('place')(page);
      if (ms > 200) await click('export-start')(page);
      await page.waitForTimeout(ms);
    },
  })),
  ...['filled', 'good', 'empty', 'loading', 'error', 'disk'].map((scene) => ({
    name: `storage-${scene}`,
    scene,
    path: '/storage',
  })),
  ...['plan-card', 'deletion-history'].map((part) => ({
    name: `storage-${part}`,
    scene: 'filled',
    path: '/storage',
    act: scrolledTo(part),
  })),
  { name: 'storage-run', scene: 'filled', path: '/storage', act: click('janitor-run') },
  ...['filled', 'good', 'empty', 'loading', 'error'].map((scene) => ({
    name: `cloud-${scene}`,
    scene,
    path: '/cloud',
  })),
  {
    name: 'cloud-tested',
    scene: 'good',
    path: '/cloud',
    act: async (page) => {
      await click('remote-test')(page);
      await page.waitForTimeout(900);
    },
  },
  {
    name: 'cloud-compared',
    scene: 'filled',
    path: '/cloud',
    act: async (page) => {
      await click('remote-reconcile')(page);
      await page.waitForTimeout(900);
    },
  },
  { name: 'cloud-remove', scene: 'filled', path: '/cloud', act: click('remote-remove') },
  { name: 'cloud-backfill', scene: 'filled', path: '/cloud', act: click('remote-backfill') },
  { name: 'cloud-history', scene: 'filled', path: '/cloud', act: scrolledTo('upload-history') },
  {
    name: 'cloud-history-failed',
    scene: 'filled',
    path: '/cloud',
    act: async (page) => {
      await scrolledTo('upload-history')(page);
      await page.getByTestId('upload-result').locator('label[for$="-failed"]').click();
      await page.waitForTimeout(300);
    },
  },
  { name: 'cloud-add', scene: 'good', path: '/cloud/add' },
  {
    name: 'cloud-add-missing',
    scene: 'good',
    path: '/cloud/add',
    act: click('remote-save'),
  },
  {
    name: 'cloud-add-wrong',
    scene: 'good',
    path: '/cloud/add',
    act: async (page) => {
      await page.getByTestId('remote-name').fill('Garden');
      await page.getByTestId('remote-url').fill('https://cloud.example.org/dav');
      await page.getByTestId('remote-pass').fill('wrong');
      await click('remote-save')(page);
      await page.waitForTimeout(1000);
      await page.getByTestId('test-result').scrollIntoViewIfNeeded();
    },
  },
  ...['drive', 's3', 'rclone'].map((type) => ({
    name: `cloud-add-${type}`,
    scene: 'good',
    path: '/cloud/add',
    act: async (page: Page) => {
      await page.getByTestId('remote-type').click();
      await page
        .getByRole('option', { name: { drive: 'Google', s3: 'S3', rclone: 'rclone' }[type] ?? '' })
        .click();
      await page.waitForTimeout(300);
    },
  })),
  { name: 'cloud-edit', scene: 'filled', path: '/cloud/edit/night-bucket' },
  ...['filled', 'empty', 'loading', 'error'].map((scene) => ({
    name: `logs-${scene}`,
    scene,
    path: '/logs',
  })),
  { name: 'logs-details', scene: 'filled', path: '/logs', act: click('log-line') },
  ...['filled', 'good', 'empty', 'loading', 'error'].map((scene) => ({
    name: `settings-library-${scene}`,
    scene,
    path: '/settings/library',
  })),
  ...['findings', 'audit-health', 'database-health', 'analysis-health', 'history-bounds'].flatMap(
    (part) =>
      ['filled', 'good'].map((scene) => ({
        name: `settings-library-${part}-${scene}`,
        scene,
        path: '/settings/library',
        act: async (page: Page) => {
          await page
            .getByTestId(part)
            .evaluate((block) => {
              block.scrollIntoView();
            })
            .catch(() => undefined);
          await page.waitForTimeout(200);
        },
      })),
  ),
  ...['general', 'storage', 'cloud', 'display', 'updates', 'credentials', 'about'].map(
    (section) => ({
      name: `settings-${section}`,
      scene: 'good',
      path: `/settings/${section}`,
    }),
  ),
  {
    name: 'settings-credentials-tested',
    scene: 'good',
    path: '/settings/credentials',
    act: async (page) => {
      await click('vault-test')(page);
      await page.waitForTimeout(600);
    },
  },
  { name: 'alerts', scene: 'filled', path: '/', act: click('alerts-bell') },
  {
    name: 'alerts-history',
    scene: 'filled',
    path: '/',
    act: async (page) => {
      await click('alerts-bell')(page);
      await page
        .getByTestId('alerts-choice')
        .getByText(/History|Verlauf/)
        .click();
      await page.waitForTimeout(500);
    },
  },
  ...(['hours', 'sun'] as const).map((kind) => ({
    name: `schedule-${kind}`,
    scene: 'good',
    path: '/recorders',
    act: async (page: Page) => {
      await click('schedule-edit')(page);
      await page.getByTestId('schedule-kind').locator(`label[for$="-${kind}"]`).click();
      await page.waitForTimeout(700);
    },
  })),
  { name: 'pause', scene: 'good', path: '/recorders', act: click('recorder-pause') },
  {
    name: 'recorder-details',
    scene: 'filled',
    path: '/recorders',
    act: async (page) => {
      await page.getByTestId('device-details').nth(2).click();
      await page.getByTestId('signal-findings').last().scrollIntoViewIfNeeded();
      await page.waitForTimeout(300);
    },
  },
  { name: 'coverage', scene: 'filled', path: '/', act: click('coverage-strip') },
  {
    name: 'coverage-gap',
    scene: 'filled',
    path: '/',
    act: async (page) => {
      await click('coverage-strip')(page);
      await click('coverage-day-before')(page);
      await page.getByTestId('coverage-gap').nth(1).getByRole('button').first().click();
      await page.waitForTimeout(400);
    },
  },
  {
    name: 'certificate',
    scene: 'filled',
    path: '/',
    act: async (page) => {
      await click('coverage-strip')(page);
      await click('coverage-day-before')(page);
      await click('certificate-night')(page);
      await page.waitForTimeout(1200);
    },
  },
];

await build(fakePage);
const server = await preview(fakePage);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
mkdirSync(folder, { recursive: true });
let serious = 0;
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const theme of ['light', 'dark'] as const) {
    for (const language of ['en', 'de'] as const) {
      for (const shot of SHOTS) {
        const name = `${shot.name}-${size}-${theme}-${language}`;
        if (!words.every((word) => word.split('|').some((one) => name.includes(one)))) continue;
        const context = await browser.newContext({
          viewport,
          hasTouch: size === 'touch',
          reducedMotion: 'reduce',
        });
        const page = await context.newPage();
        page.on('pageerror', (error) => {
          console.log(`${name}: PAGE ERROR ${error.message}`);
        });
        page.on('console', (message) => {
          if (message.type() === 'error' && !message.text().includes('ERR_UNKNOWN_URL_SCHEME'))
            console.log(`${name}: ${message.text().slice(0, 300)}`);
        });
        await page.addInitScript(
          ([chosenTheme, chosenLanguage]) => {
            localStorage.setItem(
              'silvasonic:ui',
              JSON.stringify({ theme: chosenTheme, language: chosenLanguage, utc: false }),
            );
            localStorage.setItem(
              'fake:settings',
              JSON.stringify({
                system: {
                  station_name: 'Waldstation Nordhang',
                  timezone: 'Europe/Berlin',
                  language: chosenLanguage,
                },
                display: { theme: chosenTheme },
                cloud_sync: { enabled: true },
              }),
            );
          },
          [theme, language],
        );
        await page.goto(`http://localhost:4179/?scene=${shot.scene}#${shot.path}`);
        await page.waitForTimeout(shot.scene === 'error' ? 2600 : 1000);
        if (shot.scene !== 'loading')
          await page
            .waitForFunction(
              () => document.querySelector('[data-testid="skeleton"]') === null,
              null,
              {
                timeout: 5_000,
              },
            )
            .catch(() => undefined);
        await shot.act?.(page);
        await page.screenshot({ path: resolve(folder, `${name}.png`) });
        const { violations } = await new AxeBuilder({ page }).analyze();
        for (const violation of violations) {
          if (violation.impact === 'serious' || violation.impact === 'critical') serious += 1;
          console.log(
            `${name}: axe ${violation.impact ?? ''} ${violation.id}: ${violation.nodes
              .slice(0, 3)
              .map((node) => node.html.slice(0, 140))
              .join(' | ')}`,
          );
        }
        await context.close();
      }
    }
  }
}
console.log(`serious findings: ${String(serious)}`);
await browser.close();
await server.close();
