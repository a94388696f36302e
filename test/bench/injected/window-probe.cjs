// @ts-check
// Loaded with `-r` into the main process of a window that is measured, the console's or the bare one's: it notes when
// things happen, and carries out the jobs that it is asked for. It changes nothing.
'use strict';
/* eslint-disable @typescript-eslint/no-require-imports -- Electron and Node load it by require */

const { readdirSync, renameSync, rmdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { app } = require('electron');

const talk = process.env['SILVASONIC_BENCH_TALK'] ?? '';
const waitFor = process.env['SILVASONIC_BENCH_WAIT_FOR'] ?? '';
const now = () => performance.timeOrigin + performance.now();

/** @type {Record<string, number>} UTC milliseconds */
const moments = { script: now() };

/**
 * @param {string} name
 * @param {unknown} answer
 */
function tell(name, answer) {
  const file = join(talk, `${name}.json`);
  writeFileSync(`${file}.tmp`, JSON.stringify(answer));
  renameSync(`${file}.tmp`, file);
}

/** Runs in the page, from its first moment: resolves when the frame with the awaited element has been drawn. */
const watchPage = `new Promise((resolve) => {
  // The page's own port is kept in sight, for the job that calls over it.
  const Real = MessageChannel;
  const kept = Symbol.for('silvasonic.bench.ports');
  globalThis[kept] = [];
  globalThis.MessageChannel = class extends Real {
    constructor() { super(); globalThis[kept].push(this.port1); }
  };
  const told = () => {
    const drawn = new Real();
    drawn.port1.onmessage = () => {
      const content = performance.timeOrigin + performance.now();
      const paint = performance.getEntriesByName('first-contentful-paint')[0];
      resolve({ content, firstPaint: performance.timeOrigin + (paint?.startTime ?? performance.now()) });
    };
    requestAnimationFrame(() => drawn.port2.postMessage(null));
  };
  const look = () => {
    if (document.querySelector(${JSON.stringify(waitFor)}) === null) return false;
    watcher.disconnect();
    told();
    return true;
  };
  const watcher = new MutationObserver(look);
  if (!look()) watcher.observe(document, { childList: true, subtree: true });
})`;

/** @type {import('electron').BrowserWindow | null} */
let window = null;

app.once('ready', () => {
  moments['appReady'] = now();
});

app.once('browser-window-created', (_event, created) => {
  window = created;
  moments['windowMade'] = now();
  const shown = created.isVisible()
    ? Promise.resolve()
    : new Promise((resolve) => {
        created.once('show', () => {
          resolve(undefined);
        });
      });
  const timed = shown.then(() => {
    moments['windowShown'] = now();
  });
  created.webContents.once('did-navigate', () => {
    moments['pageCommitted'] = now();
    const drawn = /** @type {Promise<Record<string, number>>} */ (
      created.webContents.mainFrame.executeJavaScript(watchPage)
    );
    Promise.all([drawn, timed]).then(
      ([page]) => {
        tell('started', { ...moments, ...page });
      },
      (error) => {
        process.stderr.write(`${String(error)}\n`);
        app.exit(1);
      },
    );
  });
});

/** @param {string} script */
const inPage = (script) => {
  if (window === null) throw new Error('there is no window');
  return window.webContents.mainFrame.executeJavaScript(script);
};

/** Round trips, one after the other, milliseconds. `send` and `isAnswer` are the only difference between the two. */
const roundTrips = `async (port, rounds, send, isAnswer) => {
  const taken = [];
  for (let n = 0; n < rounds; n += 1) {
    const answered = new Promise((resolve) => {
      const listener = (event) => {
        if (!isAnswer(event.data, n)) return;
        port.removeEventListener('message', listener);
        resolve();
      };
      port.addEventListener('message', listener);
    });
    const before = performance.now();
    send(n);
    await answered;
    taken.push(performance.now() - before);
  }
  return taken;
}`;

/** @param {string} procedure */
const callsOf = (procedure) => `(() => {
  const port = globalThis[Symbol.for('silvasonic.bench.ports')].at(-1);
  const ask = (n) => port.postMessage(JSON.stringify({ i: 'bench-${procedure}-' + n, p: { u: '/${procedure.replaceAll('.', '/')}', b: {}, m: 'POST' } }));
  const isAnswer = (data, n) => {
    if (typeof data !== 'string' || !data.includes('"bench-${procedure}-' + n + '"')) return false;
    const { p } = JSON.parse(data);
    if (p.s !== undefined) throw new Error('refused: ' + data);
    return true;
  };
  return (${roundTrips})(port, 1000, ask, isAnswer);
})()`;

const pings = `(() => {
  const { port1, port2 } = new MessageChannel();
  globalThis.postMessage({ type: 'bare:connect' }, '*', [port2]);
  port1.start();
  return (${roundTrips})(port1, 1000, (n) => port1.postMessage('ping ' + n), (data, n) => data === 'ping ' + n);
})()`;

/** @type {ReturnType<typeof monitorEventLoopDelay> | null} */
let delays = null;

/** @type {Record<string, () => unknown>} */
const jobs = {
  'call-updates.status': () => inPage(callsOf('updates.status')),
  'call-station.snapshot': () => inPage(callsOf('station.snapshot')),
  pings: () => inPage(pings),
  'watch-loop': () => {
    delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    return true;
  },
  'loop-delay': () => {
    if (delays === null) throw new Error('nobody asked to watch the loop');
    const { min, mean, max } = delays;
    const [p50, p99, p999] = [50, 99, 99.9].map((percent) => delays?.percentile(percent));
    return { min, mean, max, p50, p99, p999 };
  },
};

// Asked by an empty folder `ask-<job>`; looked for so rarely that it does not show.
setInterval(() => {
  for (const name of readdirSync(talk)) {
    const job = /^ask-(.+)$/.exec(name)?.[1];
    if (job === undefined) continue;
    rmdirSync(join(talk, name));
    Promise.resolve()
      .then(() => jobs[job]?.())
      .then(
        (answer) => {
          tell(job, answer);
        },
        (error) => {
          process.stderr.write(`${job}: ${String(error)}\n`);
        },
      );
  }
}, 500).unref();
