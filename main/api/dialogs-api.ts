import type { FileDialogs } from '../dialogs/file-dialogs';
import type { Place } from '../dialogs/places';
import { NotAvailableError } from '../request-error';
import { type Caller, os } from './implementer';

/** What the API needs to let people choose files. */
export interface DialogSource {
  /** null: this station has no window. */
  readonly dialogs: FileDialogs | null;
  readonly places: () => Promise<Place[]>;
}

export function dialogsApi({ dialogs, places }: DialogSource) {
  // Whoever asks from a command line does not sit before the window.
  const before = ({ actor }: Caller): FileDialogs => {
    if (dialogs !== null && actor === 'page') return dialogs;
    throw new NotAvailableError('no_window', 'Files are chosen in the window of the console.');
  };
  return {
    openAudio: os.dialogs.openAudio.handler(async ({ context }) => ({
      paths: await before(context).openAudio(),
    })),
    openFolder: os.dialogs.openFolder.handler(async ({ input, context }) => ({
      paths: await before(context).openFolder(input.purpose),
    })),
    places: os.dialogs.places.handler(() => places()),
  };
}
