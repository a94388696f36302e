import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostStatusSchema } from '@shared/model/station';
import { HostMetrics } from '@main/monitor/host-metrics';
import { fakeMachine } from '../../support/file-tree';
import { mayMount, mountedFolder } from '../../support/mounted-folder';
import { soon } from '../../support/soon';
import { temporaryFolder } from '../../support/temporary-folder';

const MEMORY = `proc/meminfo:
| MemTotal:        3884316 kB
| MemFree:          112600 kB
| MemAvailable:    2884316 kB
`;

describe('the computer', () => {
  it('is measured from what the kernel says', async () => {
    const machine = fakeMachine();
    machine.add(`${MEMORY}sys/class/thermal/thermal_zone0/temp: 48312`);
    const status = await new HostMetrics(temporaryFolder(), machine).measure();
    expect(status).toMatchObject({
      temperatureC: 48.312,
      memoryTotalBytes: 3_884_316 * 1024,
      memoryUsedBytes: 1_000_000 * 1024,
    });
  });

  it('has no temperature where there is no sensor, or one that says nothing', async () => {
    const machine = fakeMachine();
    machine.add(MEMORY);
    const host = new HostMetrics(temporaryFolder(), machine);
    expect((await host.measure()).temperatureC).toBeNull();
    machine.add('sys/class/thermal/thermal_zone0/temp: ');
    expect((await host.measure()).temperatureC).toBeNull();
    machine.add('sys/class/thermal/thermal_zone0/temp: hot');
    expect((await host.measure()).temperatureC).toBeNull();
  });

  it('is measured by other means where the kernel tells nothing', async () => {
    const machine = fakeMachine();
    const status = await new HostMetrics(temporaryFolder(), machine).measure();
    expect(status.memoryTotalBytes).toBeGreaterThan(0);
    expect(status.memoryUsedBytes).toBeGreaterThan(0);
  });

  it('has been busy since it was looked at before: not known the first time', async () => {
    const host = new HostMetrics(temporaryFolder());
    expect((await host.measure()).cpuPercentPerCore).toEqual([]);
    // The kernel counts in hundredths of a second, and a virtual machine's may be taken away from it for a while.
    await soon(async () => {
      const until = performance.now() + 50;
      while (performance.now() < until) Math.sqrt(until);
      const { cpuPercentPerCore } = await host.measure();
      expect(cpuPercentPerCore.length).toBeGreaterThan(0);
      expect(Math.max(...cpuPercentPerCore)).toBeGreaterThan(0);
    });
  });

  it('is always what the contract says', async () => {
    const host = new HostMetrics(temporaryFolder());
    for (let n = 0; n < 3; n++) hostStatusSchema.parse(await host.measure());
  });
});

describe('the disk of the data folder', () => {
  it.runIf(mayMount())('is that which holds the folder', async () => {
    const mounted = mountedFolder({ sizeKb: 4096 });
    const { dataDisk } = await new HostMetrics(mounted.path).measure();
    expect(dataDisk).toMatchObject({ totalBytes: 4096 * 1024, usedPercent: 0 });
    expect(dataDisk!.freeBytes).toBe(4096 * 1024);
  });

  it('is null where it cannot be read', async () => {
    const host = new HostMetrics(join(temporaryFolder(), 'gone'));
    expect((await host.measure()).dataDisk).toBeNull();
  });
});
