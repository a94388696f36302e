import { readFile, statfs } from 'node:fs/promises';
import { cpus, totalmem, freemem } from 'node:os';
import type { HostStatus } from '@shared/model/station';

export interface HostRoots {
  readonly procRoot: string;
  readonly sysRoot: string;
}

/** Measures the computer: CPU since the last call, memory, temperature, the disk of the data folder. */
export class HostMetrics {
  readonly #dataRoot: string;
  readonly #roots: HostRoots;
  #before: readonly { busy: number; total: number }[] = [];

  constructor(dataRoot: string, roots: HostRoots = { procRoot: '/proc', sysRoot: '/sys' }) {
    this.#dataRoot = dataRoot;
    this.#roots = roots;
  }

  async measure(): Promise<HostStatus> {
    const memory = await this.#memory();
    return {
      cpuPercentPerCore: this.#cpu(),
      temperatureC: await this.#temperature(),
      memoryTotalBytes: memory.total,
      memoryUsedBytes: memory.total - memory.available,
      dataDisk: await this.#disk(),
    };
  }

  #cpu(): number[] {
    const now = cpus().map(({ times }) => {
      const total = times.user + times.nice + times.sys + times.idle + times.irq;
      return { busy: total - times.idle, total };
    });
    const before = this.#before;
    this.#before = now;
    if (before.length !== now.length) return [];
    return now.map((core, i) => {
      const elapsed = core.total - (before[i]?.total ?? 0);
      const busy = core.busy - (before[i]?.busy ?? 0);
      return elapsed <= 0 ? 0 : Math.min(100, Math.max(0, Math.round((busy / elapsed) * 100)));
    });
  }

  async #memory(): Promise<{ total: number; available: number }> {
    try {
      const text = await readFile(`${this.#roots.procRoot}/meminfo`, 'utf8');
      const kilobytes = (name: string): number =>
        Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]);
      const total = kilobytes('MemTotal') * 1024;
      const available = kilobytes('MemAvailable') * 1024;
      if (Number.isFinite(total) && Number.isFinite(available)) return { total, available };
    } catch {
      // Not Linux; Node's own figures follow.
    }
    return { total: totalmem(), available: freemem() };
  }

  async #temperature(): Promise<number | null> {
    try {
      const text = await readFile(
        `${this.#roots.sysRoot}/class/thermal/thermal_zone0/temp`,
        'utf8',
      );
      return /^-?\d+$/.test(text.trim()) ? Number(text) / 1000 : null;
    } catch {
      return null; // many machines have no such sensor
    }
  }

  async #disk(): Promise<HostStatus['dataDisk']> {
    try {
      const disk = await statfs(this.#dataRoot);
      const totalBytes = disk.blocks * disk.bsize;
      const freeBytes = disk.bavail * disk.bsize;
      // As df counts: what root may still use is not free, and not used either.
      const usedBytes = (disk.blocks - disk.bfree) * disk.bsize;
      const usable = usedBytes + freeBytes;
      return {
        totalBytes,
        freeBytes,
        usedPercent: usable === 0 ? 0 : (usedBytes / usable) * 100,
        inodesUsedPercent: disk.files === 0 ? null : ((disk.files - disk.ffree) / disk.files) * 100,
      };
    } catch {
      return null;
    }
  }
}
