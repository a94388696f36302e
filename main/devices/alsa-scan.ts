import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { CaptureCard, UsbFacts } from './capture-card';
import { parseCaptureOffers } from './capture-offers';
import { cleanText } from '../files/clean-text';

export interface AlsaScannerOptions {
  /** Default `/proc`. */
  readonly procRoot?: string;
  /** Default `/sys`. */
  readonly sysRoot?: string;
}

/** ALSA has at most 32 cards. */
const MAX_CARDS = 64;

/**
 * Finds the USB sound cards that can capture, from `/proc/asound` and sysfs. Made to be called every second for
 * months: while `/proc/asound/cards` stays the same, a scan reads that one file and gives the same array back.
 */
export class AlsaScanner {
  readonly #procRoot: string;
  readonly #sysRoot: string;
  #seen: string | null = null;
  #cards: readonly CaptureCard[] = [];

  constructor(options: AlsaScannerOptions = {}) {
    this.#procRoot = options.procRoot ?? '/proc';
    this.#sysRoot = options.sysRoot ?? '/sys';
  }

  /**
   * The capture cards now. No sound system at all means none. Cards that vanish under the scan are left out.
   * @param deep looks again although the list of cards reads the same, as after a hot-plug event
   */
  async scan(deep = false): Promise<readonly CaptureCard[]> {
    const text = (await readText(join(this.#procRoot, 'asound', 'cards'))) ?? '';
    if (text === this.#seen && !deep) return this.#cards;
    const found = await Promise.all(
      parseCards(text).map((listed) => this.#inspect(listed).catch(() => undefined)),
    );
    const cards = found.filter((card) => card !== undefined).filter((card) => card !== null);
    // A card whose files are not all there yet is looked at again, not remembered as none.
    const settled = !found.includes(undefined) && (await this.#stillReads(text));
    this.#seen = settled ? text : null;
    if (JSON.stringify(cards) !== JSON.stringify(this.#cards)) this.#cards = cards;
    return this.#cards;
  }

  async #stillReads(text: string): Promise<boolean> {
    return ((await readText(join(this.#procRoot, 'asound', 'cards'))) ?? '') === text;
  }

  /** Null: not a USB capture card. Undefined: it cannot be told yet. */
  async #inspect(listed: ListedCard): Promise<CaptureCard | null | undefined> {
    const folder = join(this.#procRoot, 'asound', `card${String(listed.index)}`);
    const entries = await readdir(folder).catch(() => undefined);
    if (entries === undefined) return undefined;
    const captureDevice = firstCaptureDevice(entries);
    if (captureDevice === null) return null;
    const usb = (await this.#usbFromSysfs(listed.index)) ?? (await usbFromProc(folder, entries));
    if (usb === null && listed.driver !== 'USB-Audio') return null;
    const { index, longName } = listed;
    // A name with a newline in it can forge lines of the list; the id's own file it cannot touch.
    const id = entries.includes('id') ? cardId(await readText(join(folder, 'id'))) : listed.id;
    const stream = await readText(join(folder, `stream${String(captureDevice)}`));
    const offers = stream === undefined ? null : parseCaptureOffers(stream);
    const name = listed.name || (usb?.product ?? '');
    return { index, id, name, longName, captureDevice, offers, usb };
  }

  /** Follows `/sys/class/sound/cardN/device` to the USB device that holds the interface. */
  async #usbFromSysfs(index: number): Promise<UsbFacts | null> {
    const link = join(this.#sysRoot, 'class', 'sound', `card${String(index)}`, 'device');
    const target = await realpath(link).catch(() => undefined);
    if (target === undefined) return null;
    let folder = target;
    // The link leads to the interface (`1-1.3:1.0`); its parent is the device (`1-1.3`).
    for (let up = 0; up < 3 && !USB_DEVICE.test(basename(folder)); up++) folder = dirname(folder);
    if (!USB_DEVICE.test(basename(folder))) return null;
    const read = (name: string): Promise<string | undefined> => readText(join(folder, name));
    const [vendor, product, serial, manufacturer, productName] = await Promise.all(
      ['idVendor', 'idProduct', 'serial', 'manufacturer', 'product'].map(read),
    );
    const vendorId = hexId(vendor);
    const productId = hexId(product);
    if (vendorId === null || productId === null) return null;
    const busPath = basename(folder);
    return {
      vendorId,
      productId,
      serial: rawText(serial),
      busPath,
      interfaceNumber: interfaceNumber(basename(target)),
      manufacturer: cleanText(manufacturer),
      product: cleanText(productName),
      hasVideo: await hasVideoInterface(folder, busPath),
    };
  }
}

interface ListedCard {
  readonly index: number;
  readonly id: string | null;
  readonly driver: string;
  readonly name: string;
  readonly longName: string;
}

/** `usb1/1-1/1-1.3`: the name of a USB device's folder. */
const USB_DEVICE = /^\d+-\d+(\.\d+)*$/;
/** ` 1 [Microphone     ]: USB-Audio - 384kHz AudioMoth USB Microphone` */
const CARD_LINE = /^ {0,2}(\d{1,2}) \[([^\]]*)\]: (.*)$/;

/** Reads `/proc/asound/cards`. Lines that it does not know are passed over. */
export function parseCards(text: string): ListedCard[] {
  const lines = text.split('\n');
  const cards: ListedCard[] = [];
  for (const [at, line] of lines.entries()) {
    const match = CARD_LINE.exec(line);
    if (match === null || cards.length >= MAX_CARDS) continue;
    const [, index = '', id = '', rest = ''] = match;
    if (cards.some((card) => card.index === Number(index))) continue;
    const dash = rest.indexOf(' - ');
    const next = lines[at + 1] ?? '';
    const longName = CARD_LINE.test(next) ? '' : next.replace(/ at \S+(, \w+ speed)?\s*$/, '');
    cards.push({
      index: Number(index),
      id: cardId(id),
      driver: dash < 0 ? rest.trim() : rest.slice(0, dash).trim(),
      name: cleanText(dash < 0 ? rest : rest.slice(dash + 3)) ?? '',
      longName: cleanText(longName) ?? '',
    });
  }
  return cards;
}

function cardId(text: string | undefined): string | null {
  const id = text?.trim() ?? '';
  return /^[A-Za-z0-9_-]{1,31}$/.test(id) ? id : null;
}

/** The lowest n of `pcmNc`: the capture PCMs of a card. */
function firstCaptureDevice(entries: readonly string[]): number | null {
  const numbers = entries.flatMap((entry) => {
    const match = /^pcm(\d{1,3})c$/.exec(entry);
    return match === null ? [] : [Number(match[1])];
  });
  return numbers.length === 0 ? null : Math.min(...numbers);
}

/** Where sysfs says nothing, `/proc/asound/cardN/usbid` still holds vendor and product. */
async function usbFromProc(folder: string, entries: readonly string[]): Promise<UsbFacts | null> {
  if (!entries.includes('usbid')) return null;
  const [vendor, product] = ((await readText(join(folder, 'usbid'))) ?? '').split(':');
  const vendorId = hexId(vendor);
  const productId = hexId(product);
  if (vendorId === null || productId === null) return null;
  return {
    vendorId,
    productId,
    serial: null,
    busPath: null,
    interfaceNumber: null,
    manufacturer: null,
    product: null,
    hasVideo: false,
  };
}

/** A video interface (class 0e), or one that a driver made a camera of (older capture sticks have classes of their own). */
async function hasVideoInterface(folder: string, busPath: string): Promise<boolean> {
  const interfaces = (await readdir(folder).catch((): string[] => [])).filter((entry) =>
    entry.startsWith(`${busPath}:`),
  );
  const found = await Promise.all(
    interfaces.map(async (name) => {
      const entries = await readdir(join(folder, name)).catch((): string[] => []);
      const kind = await readText(join(folder, name, 'bInterfaceClass'));
      return kind?.trim() === '0e' || entries.includes('video4linux');
    }),
  );
  return found.includes(true);
}

/** `1-1.3:1.2` → 2 */
function interfaceNumber(name: string): number | null {
  const match = /:\d+\.(\d{1,3})$/.exec(name);
  return match === null ? null : Number(match[1]);
}

function hexId(text: string | undefined): string | null {
  const id = text?.trim().toLowerCase() ?? '';
  return /^[0-9a-f]{4}$/.test(id) ? id : null;
}

/** A descriptor's text with the kernel's newline taken off, otherwise as it is: identity rests on it. */
function rawText(text: string | undefined): string | null {
  const value = text?.replace(/\n$/, '') ?? '';
  return value.trim() === '' ? null : value;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
