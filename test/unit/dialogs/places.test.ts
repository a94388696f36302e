import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mountedPlaces, mountsIn } from '@main/dialogs/places';
import { temporaryFolder } from '../../support/temporary-folder';

const MOUNTINFO = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:25 / /proc rw,nosuid - proc proc rw
41 22 8:17 / /media/ranger/AUDIO\\040MOTH rw,nosuid shared:77 master:3 - vfat /dev/sdb1 rw,uid=1000
42 22 8:33 / /run/media/ranger/ARCHIVE ro,nosuid shared:78 - exfat /dev/sdc1 rw
43 22 8:49 / /mnt rw - ext4 /dev/sdd1 ro,errors=remount-ro
44 22 8:65 / /mediathek rw - ext4 /dev/sde1 rw
45 22 8:81 / /media/ranger/AUDIO\\040MOTH rw shared:79 - vfat /dev/sdf1 rw
not a line of it
`;

it('finds what is mounted where removable media are', () => {
  expect(mountsIn(MOUNTINFO)).toEqual([
    { path: '/media/ranger/AUDIO MOTH', readOnly: false },
    { path: '/mnt', readOnly: true },
    { path: '/run/media/ranger/ARCHIVE', readOnly: true },
  ]);
});

it('leaves out what cannot be measured, and knows no places where the system does not tell', async () => {
  const procRoot = temporaryFolder();
  expect(await mountedPlaces(procRoot)).toEqual([]);
  mkdirSync(join(procRoot, 'self'));
  const gone = '41 22 8:17 / /media/nobody/NOTHING rw - vfat /dev/sdb1 rw\n';
  writeFileSync(join(procRoot, 'self/mountinfo'), gone);
  expect(await mountedPlaces(procRoot)).toEqual([]);
});
