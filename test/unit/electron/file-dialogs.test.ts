import type { OpenDialogOptions, OpenDialogReturnValue } from 'electron';
import { expect, it } from 'vitest';
import { ElectronFileDialogs } from '../../../electron/file-dialogs';

interface Shown {
  readonly options: OpenDialogOptions;
  readonly answer: (chosen: OpenDialogReturnValue) => void;
}

const window = { isDestroyed: () => false };

function dialogs(parts: { window?: () => typeof window | null; kiosk?: () => boolean } = {}) {
  const shown: Shown[] = [];
  const files = new ElectronFileDialogs({
    window: () => window,
    kiosk: () => false,
    show: (parent, options) => {
      expect(parent).toBe(window);
      return new Promise((answer) => shown.push({ options, answer }));
    },
    ...parts,
  });
  return { files, shown };
}

it('opens before the window, and gives what was chosen', async () => {
  const { files, shown } = dialogs();
  const chosen = files.openAudio();
  expect(shown[0]!.options.properties).toEqual(['openFile', 'multiSelections', 'dontAddToRecent']);
  expect(shown[0]!.options.filters![0]!.extensions).toContain('wav');
  shown[0]!.answer({ canceled: false, filePaths: ['/a.wav', '/b.wav'] });
  expect(await chosen).toEqual(['/a.wav', '/b.wav']);
});

it('lets a person make a folder to export into, and choose several to import', () => {
  const { files, shown } = dialogs();
  void files.openFolder('export');
  expect(shown[0]!.options.properties).toEqual([
    'openDirectory',
    'createDirectory',
    'dontAddToRecent',
  ]);
  const others = dialogs();
  void others.files.openFolder('import');
  expect(others.shown[0]!.options.properties).toContain('multiSelections');
});

it('gives nothing when nothing was chosen', async () => {
  const { files, shown } = dialogs();
  const chosen = files.openFolder('import');
  shown[0]!.answer({ canceled: true, filePaths: [] });
  expect(await chosen).toEqual([]);
});

it('opens one at a time, and where a person was the last time', async () => {
  const { files, shown } = dialogs();
  const first = files.openFolder('export');
  expect(await files.openFolder('export')).toEqual([]);
  expect(shown).toHaveLength(1);
  shown[0]!.answer({ canceled: false, filePaths: ['/media/STICK'] });
  await first;
  void files.openFolder('export');
  expect(shown[1]!.options.defaultPath).toBe('/media/STICK');
});

it('opens again after a dialog that failed', async () => {
  let failing = true;
  const files = new ElectronFileDialogs({
    window: () => window,
    kiosk: () => false,
    show: () =>
      failing
        ? Promise.reject(new Error('no portal'))
        : Promise.resolve({ canceled: false, filePaths: ['/a'] }),
  });
  await expect(files.openAudio()).rejects.toThrow('no portal');
  failing = false;
  expect(await files.openAudio()).toEqual(['/a']);
});

it('opens none in a kiosk, and none without a window', async () => {
  const refused = (reason: string) => ({ code: 'NOT_AVAILABLE', data: { reason } });
  await expect(dialogs({ kiosk: () => true }).files.openAudio()).rejects.toMatchObject(
    refused('kiosk'),
  );
  for (const none of [() => null, () => ({ isDestroyed: () => true })]) {
    await expect(dialogs({ window: none }).files.openFolder('import')).rejects.toMatchObject(
      refused('no_window'),
    );
  }
});
