import type { BrowserWindow, OpenDialogOptions, OpenDialogReturnValue } from 'electron';
import type { FileDialogs } from '@main/dialogs/file-dialogs';
import { NotAvailableError } from '@main/request-error';

/** What of a window is asked for here. */
type ParentWindow = Pick<BrowserWindow, 'isDestroyed'>;

export interface FileDialogParts<Window extends ParentWindow> {
  /** null until it is open. */
  readonly window: () => Window | null;
  /** A desktop's dialog would be a way out of it, and nobody has a keyboard for it. */
  readonly kiosk: () => boolean;
  /** Electron's own. */
  readonly show: (window: Window, options: OpenDialogOptions) => Promise<OpenDialogReturnValue>;
}

type Purpose = 'audio' | 'import' | 'export';

/** Whatever an import may take; what it refuses it says why. */
const AUDIO = {
  name: 'Audio',
  extensions: ['wav', 'wave', 'bwf', 'rf64', 'flac', 'w64', 'aif', 'aiff', 'mp3', 'ogg', 'm4a'],
};

const OPTIONS: Readonly<Record<Purpose, OpenDialogOptions>> = {
  audio: {
    properties: ['openFile', 'multiSelections', 'dontAddToRecent'],
    filters: [AUDIO, { name: '*', extensions: ['*'] }],
  },
  import: { properties: ['openDirectory', 'multiSelections', 'dontAddToRecent'] },
  export: { properties: ['openDirectory', 'createDirectory', 'dontAddToRecent'] },
};

/** The desktop's dialogs through Electron, one at a time, before the console's window. */
export class ElectronFileDialogs<Window extends ParentWindow> implements FileDialogs {
  readonly #parts: FileDialogParts<Window>;
  /** Where a person was the last time. */
  readonly #lastPaths = new Map<Purpose, string>();
  #isOpen = false;

  constructor(parts: FileDialogParts<Window>) {
    this.#parts = parts;
  }

  openAudio(): Promise<string[]> {
    return this.#open('audio');
  }

  openFolder(purpose: 'import' | 'export'): Promise<string[]> {
    return this.#open(purpose);
  }

  async #open(purpose: Purpose): Promise<string[]> {
    const { window, kiosk, show } = this.#parts;
    if (kiosk()) {
      throw new NotAvailableError('kiosk', 'In kiosk mode there are no dialogs of the desktop.');
    }
    const parent = window();
    if (parent === null || parent.isDestroyed()) {
      throw new NotAvailableError('no_window', 'The console has no window just now.');
    }
    // A second press on the button, before the first dialog was drawn.
    if (this.#isOpen) return [];
    this.#isOpen = true;
    try {
      const defaultPath = this.#lastPaths.get(purpose);
      const { canceled, filePaths } = await show(parent, {
        ...OPTIONS[purpose],
        ...(defaultPath === undefined ? {} : { defaultPath }),
      });
      const [first] = filePaths;
      if (canceled || first === undefined) return [];
      this.#lastPaths.set(purpose, first);
      return filePaths;
    } finally {
      this.#isOpen = false;
    }
  }
}
