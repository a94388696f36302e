// @ts-check
// Loaded with `--require` into a Node process whose event loop is measured. SIGURG begins a measurement, a second one
// ends it and writes what was found. (SIGUSR1 is Node's own, SIGUSR2 the station's.)
'use strict';
/* eslint-disable @typescript-eslint/no-require-imports -- Electron and Node load it by require */

const { writeFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { isMainThread } = require('node:worker_threads');

const file = process.env['SILVASONIC_BENCH_LOOP'] ?? '';

if (isMainThread && file !== '') {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  let watching = false;
  process.on('SIGURG', () => {
    if (watching) {
      delays.disable();
      const { min, mean, max } = delays;
      const [p50, p99, p999] = [50, 99, 99.9].map((percent) => delays.percentile(percent));
      writeFileSync(file, JSON.stringify({ min, mean, max, p50, p99, p999 }));
    } else {
      watching = true;
      delays.enable();
    }
  });
}
