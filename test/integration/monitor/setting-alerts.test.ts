import { describe, expect, it } from 'vitest';
import { connect } from '@main/database/connection';
import { dataFolderAt } from '@main/data-folder';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation } from '../../support/test-station';

/** Another process, or a failing disk, spoils what is stored. */
function spoil(dataDir: string, section: string, value: string): void {
  const { sqlite } = connect(dataFolderAt(dataDir).databaseFile);
  sqlite.prepare('update system_config set value = ? where section = ?').run(value, section);
  sqlite.close();
}

/** A folder in which a station has been once, and something happened to its settings since. */
async function spoilt(section: string, value: string): Promise<string> {
  const dataDir = temporaryFolder();
  const { station } = await testStation({ dataDir });
  await station.stop();
  spoil(dataDir, section, value);
  return dataDir;
}

describe('a stored setting that cannot be used', () => {
  it('does not keep the station from starting: its default stands in, and an alert says so', async () => {
    const dataDir = await spoilt('system', '{"station_name":"Wald","max_recorders":"many"}');
    const { station, client } = await testStation({ dataDir });
    await station.start();
    const settings = await client.settings.get();
    expect(settings.system).toMatchObject({ station_name: 'Wald', max_recorders: 5 });
    const { alerts, services } = await client.station.snapshot();
    expect(alerts).toMatchObject([
      {
        code: 'setting.invalid',
        level: 'warning',
        subject: 'system.max_recorders',
        evidence:
          'The stored value of system.max_recorders is not used, its default is: expected number, received string.',
      },
    ]);
    expect(services).toContainEqual(
      expect.objectContaining({
        name: 'settings',
        state: 'degraded',
        details: 'system.max_recorders: expected number, received string',
      }),
    );
  });

  it('is no longer reported once a person has set it', async () => {
    const dataDir = await spoilt('system', '{"max_recorders":"many"}');
    const { station, client } = await testStation({ dataDir });
    await station.start();
    await client.settings.set({ key: 'system.max_recorders', value: 3 });
    const { alerts, services } = await client.station.snapshot();
    expect(alerts).toEqual([]);
    expect(services.find((service) => service.name === 'settings')).toMatchObject({ state: 'ok' });
  });

  it('is no longer reported when it was mended while no console ran', async () => {
    const dataDir = await spoilt('system', 'not even JSON');
    const first = await testStation({ dataDir });
    expect(first.station.alerts.open()).toMatchObject([{ subject: 'system' }]);
    await first.station.stop();
    spoil(dataDir, 'system', '{}');
    const second = await testStation({ dataDir });
    expect(second.station.alerts.open()).toEqual([]);
  });

  it('is reported once, over restarts, with the time at which it was first seen', async () => {
    const dataDir = await spoilt('display', '{"brightness":4000}');
    const first = await testStation({ dataDir });
    const before = first.station.alerts.open();
    await first.station.stop();
    const second = await testStation({ dataDir });
    expect(before).toHaveLength(1);
    expect(second.station.alerts.open()).toEqual(before);
  });

  it('is noticed while the station runs', async () => {
    const { station, dataDir } = await testStation();
    spoil(dataDir, 'system', '{"max_recorders":0}');
    station.settings.reloadIfChanged();
    expect(station.alerts.open()).toMatchObject([
      { code: 'setting.invalid', subject: 'system.max_recorders' },
    ]);
  });
});
