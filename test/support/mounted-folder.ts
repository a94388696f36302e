import { execFileSync } from 'node:child_process';
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
export function mountedFolder({ sizeKb = 1024 } = {}): MountedFolder {
  const path = temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(sizeKb)}k`, 'tmpfs', path]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', path]);
  });
  const remount = (how: string): void => {
    execFileSync('mount', ['-o', `remount,${how}`, path]);
  };
  return {
    path,
    makeReadOnly: () => {
      remount('ro');
    },
    makeWritable: () => {
      remount('rw');
    },
  };
}
