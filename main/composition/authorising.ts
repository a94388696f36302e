import { Authoriser } from '../cloud/authorising/authoriser';
import { ownDrive } from '../cloud/authorising/onedrive-lookup';
import { RcloneAuthorise } from '../cloud/authorising/rclone-authorise';
import type { Base } from './base';

/** What lets the station in with Google and Microsoft. */
export function composeAuthorising({ foundation, settings, scrubber }: Base): Authoriser {
  const { options, clock } = foundation;
  const rclone = new RcloneAuthorise({ rclone: 'rclone', clock });
  return new Authoriser({
    run: (request, onAddress, signal) => rclone.run(request, onAddress, signal),
    ownDrive,
    openAddress: options.openAddress ?? null,
    isKiosk: () => settings.get().display.kiosk,
    scrubber,
  });
}
