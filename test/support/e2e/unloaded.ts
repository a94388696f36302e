import type { ElectronApplication } from '@playwright/test';

/** The console sees an idle machine, however busy other tests keep it: it holds back from nothing on their account. */
export function seesUnloadedMachine(app: ElectronApplication): Promise<void> {
  return app.evaluate(() => {
    const { getBuiltinModule } = process;
    getBuiltinModule('node:os').loadavg = () => [0, 0, 0];
    // Who imported it by name gets the new one, too.
    getBuiltinModule('node:module').syncBuiltinESMExports();
  });
}
