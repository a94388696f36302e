import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder';

export interface MountedFolder {
  readonly path: string;
  makeReadOnly(): void;
  makeWritable(): void;
}

/** May this process mount a disk of its own? As root on most machines; in many containers not. */
export function mayMount(): boolean {
  try {
    const options = ['-m', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt'];
    execFileSync('unshare', options, { stdio: 'ignore' });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

/** A small disk of its own, which can be filled and made read-only. Only where `mayMount`. */
export function mountedFolder({
  sizeKb = 1024,
  inodes,
}: { sizeKb?: number; inodes?: number } = {}): MountedFolder {
  const path = temporaryFolder();
  const limits = [
    `size=${String(sizeKb)}k`,
    ...(inodes === undefined ? [] : [`nr_inodes=${String(inodes)}`]),
  ];
  execFileSync('mount', ['-t', 'tmpfs', '-o', limits.join(','), 'tmpfs', path]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', path]);
  });
  return { path, ...remounting(path) };
}

export interface PluggedDisk extends MountedFolder {
  /** Off the tree at once, whatever is open on it: `umount -l`. */
  unmount(): void;
  /** The same disk again, under another device number, as when its plug was pulled. */
  plugIn(): void;
  /** The same disk again as it was before it was unmounted: its plug was never pulled. */
  mountAgain(): void;
  /** Everything on it fails from now on, as when its plug is pulled while it is mounted. */
  fail(): void;
  /** Its file system finds an error and lets nobody write any more, whatever is open on it. */
  turnReadOnly(): void;
  /** What a boot does to a disk that was not unmounted cleanly. It must not be mounted. */
  repair(): void;
}

/** May this process attach loop devices, too? */
export function mayAttachDisks(): boolean {
  try {
    execFileSync('losetup', ['-f'], { stdio: 'ignore' });
    return mayMount();
  } catch {
    return false;
  }
}

/** A real ext4 disk of its own on a loop device. Only where `mayAttachDisks`. */
export function pluggedDisk({ sizeMb = 64 } = {}): PluggedDisk {
  const path = temporaryFolder();
  const image = join(temporaryFolder(), 'disk.img');
  execFileSync('truncate', ['-s', `${String(sizeMb)}M`, image]);
  execFileSync('mkfs.ext4', ['-q', '-E', 'lazy_itable_init=0', image]);
  let mounted = false;
  const loops: string[] = [];
  const mountAgain = (): void => {
    execFileSync('mount', ['-o', 'errors=remount-ro', loops.at(-1) ?? '', path]);
    mounted = true;
  };
  const plugIn = (): void => {
    const loop = execFileSync('losetup', ['-f', '--show', image], { encoding: 'utf8' }).trim();
    loops.push(loop);
    mountAgain();
  };
  const unmount = (): void => {
    if (!mounted) return;
    execFileSync('umount', ['-l', path]);
    mounted = false;
  };
  plugIn();
  onTestFinished(() => {
    unmount();
    // Those still held open are let go of by the kernel when the last file is closed.
    for (const loop of loops) execFileSync('losetup', ['-d', loop]);
  });
  return {
    path,
    ...remounting(path),
    unmount,
    plugIn,
    mountAgain,
    fail: () => {
      const shutdown = `import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack("I", 2))`;
      execFileSync('python3', ['-c', shutdown, path]);
    },
    turnReadOnly: () => {
      writeFileSync(`/sys/fs/ext4/${basename(loops.at(-1) ?? '')}/trigger_fs_error`, '1');
    },
    repair: () => {
      // 1: errors were found and mended.
      execFileSync('sh', ['-c', 'fsck.ext4 -fy "$1" >/dev/null 2>&1 || [ $? = 1 ]', 'sh', image]);
    },
  };
}

function remounting(path: string): Pick<MountedFolder, 'makeReadOnly' | 'makeWritable'> {
  const remount = (how: string): void => {
    execFileSync('mount', ['-o', `remount,${how}`, path]);
  };
  return {
    makeReadOnly: () => {
      remount('ro');
    },
    makeWritable: () => {
      remount('rw');
    },
  };
}
