import type { Certificate } from '@shared/model/coverage';
import { CERTIFICATE_WORDS, type Language } from './certificate-words';
import { fingerprint } from './station-key';

const BAR_WIDTH = 1000;

const STYLE = `
@page { size: A4; margin: 15mm; }
body { font: 10pt/1.4 sans-serif; color: #111; max-width: 180mm; margin: 0 auto; padding: 5mm; overflow-wrap: anywhere; }
h1 { font-size: 18pt; margin: 0 0 3mm; } h2 { font-size: 13pt; margin: 8mm 0 2mm; } h3 { font-size: 10pt; margin: 4mm 0 1mm; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 4mm; margin: 0; } dt { color: #555; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; color: #555; font-weight: normal; }
td, th { border-bottom: 0.2mm solid #ccc; padding: 0.6mm 2mm 0.6mm 0; vertical-align: top; } .n { text-align: right; white-space: nowrap; }
thead { display: table-header-group; } tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
code { font: 7pt monospace; } svg { width: 100%; height: 8mm; display: block; margin: 2mm 0 1mm; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.ends { display: flex; justify-content: space-between; color: #555; font-size: 8pt; }
.mark { color: #8a4b00; }`;

/** A certificate to be read and printed: one file, no script, nothing loaded from anywhere. */
export function certificateHtml(certificate: Certificate, language: Language): string {
  const words = CERTIFICATE_WORDS[language];
  const { station } = certificate;
  const time = clockFace(certificate.timezone, language);
  const number = (value: number, digits: number): string =>
    value.toLocaleString(language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  const facts = (pairs: readonly (readonly [string, string])[]): string =>
    `<dl>${pairs.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`).join('')}</dl>`;
  const table = (headings: readonly string[], rows: readonly string[]): string =>
    `<table><thead><tr>${headings.map((one) => `<th>${escape(one)}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;

  const deviceSection = (device: Certificate['devices'][number]): string => {
    const missingS = device.scheduledS - device.recordedS;
    const assumedS = device.scheduledFromRecordingsS;
    const assumed =
      assumedS === undefined ? '' : ` (${number(assumedS, 3)} s ${words.fromRecordings})`;
    const gapRows = device.gaps.map((gap) => {
      const detail = gap.detail === '' ? '' : `<br><code>${escape(gap.detail)}</code>`;
      return `<tr><td>${escape(time(gap.from))}</td><td>${escape(time(gap.to ?? certificate.to))}</td><td class="n">${escape(number(gap.seconds, 3))}</td><td>${escape(words.reasons[gap.reason])}${detail}</td></tr>`;
    });
    const fileRows = device.files.map((file) => {
      const marks = [
        ...(file.clock === 'synchronised' ? [] : [words.marks[file.clock]]),
        ...(file.recovered ? [words.marks.recovered] : []),
        ...(file.absent === undefined ? [] : [words.marks[file.absent]]),
      ];
      const mark =
        marks.length === 0 ? '' : ` <span class="mark">${escape(marks.join(', '))}</span>`;
      return `<tr><td>${escape(file.path)}${mark}<br><code>${escape(file.sha256 ?? words.notHashed)}</code></td><td>${escape(time(file.time))}</td><td class="n">${escape(number(file.durationS, 3))}</td></tr>`;
    });
    return `<section><h2>${escape(device.displayName)}</h2>${facts([
      ['', device.simulated ? `${device.device} (${words.simulated})` : device.device],
      [words.scheduled, `${number(device.scheduledS, 3)} s${assumed}`],
      [words.recorded, `${number(device.recordedS, 3)} s`],
      [words.missing, `${number(missingS, 3)} s`],
      [
        words.coverage,
        device.coverage === null
          ? words.nothingScheduled
          : `${percent(device.coverage, language)} %`,
      ],
      [
        words.unsynced,
        device.unsyncedS === 0 ? words.allSynced : `${number(device.unsyncedS, 3)} s`,
      ],
      [
        words.clockNotTold,
        device.clockUnknownS === 0 ? words.allSynced : `${number(device.clockUnknownS, 3)} s`,
      ],
    ])}${bar(device, certificate)}<div class="ends"><span>${escape(time(certificate.from))}</span><span>${escape(time(certificate.to))}</span></div><h3>${escape(words.gaps)}</h3>${
      gapRows.length === 0
        ? `<p>${escape(words.noGaps)}</p>`
        : table([words.from, words.to, words.seconds, words.cause], gapRows)
    }<h3>${escape(words.files)} (${String(device.files.length)})</h3>${
      fileRows.length === 0
        ? `<p>${escape(words.noFiles)}</p>`
        : table([`${words.file} · SHA-256`, words.from, words.duration], fileRows)
    }</section>`;
  };

  const { clockSynced } = certificate;
  const clock =
    clockSynced === null
      ? words.clockUnknown
      : clockSynced
        ? words.clockSynced
        : words.clockNotSynced;
  const position =
    station.latitude === null || station.longitude === null
      ? '–'
      : `${String(station.latitude)}, ${String(station.longitude)}`;
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${escape(words.title)} · ${escape(station.name)}</title><style>${STYLE}</style></head><body>
<h1>${escape(words.title)}</h1>
${facts([
  [words.station, `${station.name} (${station.id})`],
  [words.period, `${time(certificate.from)} – ${time(certificate.to)} (${certificate.timezone})`],
  [words.position, position],
  [words.issued, time(certificate.issuedAt)],
  [words.clock, clock],
  [words.software, station.software],
])}
${certificate.devices.map(deviceSection).join('\n')}
<h2>${escape(words.signature)}</h2><p>${escape(words.signatureNote)} <code>${escape(fingerprint(certificate.signature.publicKey))}</code></p><p><code>${escape(certificate.signature.value)}</code></p>
</body></html>
`;
}

/** Grey: nothing scheduled; green: recorded; red: missing. */
function bar(device: Certificate['devices'][number], { from, to }: Certificate): string {
  const [startMs, lengthMs] = [Date.parse(from), Date.parse(to) - Date.parse(from)];
  const place = (at: string): number => ((Date.parse(at) - startMs) / lengthMs) * BAR_WIDTH;
  const block = (
    span: { from: string; to: string },
    colour: string,
    leastWidth: number,
  ): string => {
    const x = place(span.from);
    const width = Math.max(place(span.to) - x, leastWidth);
    return `<rect x="${x.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="40" fill="${colour}"/>`;
  };
  return `<svg viewBox="0 0 ${String(BAR_WIDTH)} 40" preserveAspectRatio="none" role="img"><rect width="${String(BAR_WIDTH)}" height="40" fill="#e3e3e3"/>${[
    ...device.recorded.map((span) => block(span, '#2f7d4f', 0)),
    // However short, a gap is seen.
    ...device.gaps.map((gap) => block({ from: gap.from, to: gap.to ?? to }, '#c02626', 1.5)),
  ].join('')}</svg>`;
}

/** Never rounded up to a hundred. */
function percent(share: number, language: Language): string {
  const shown = share === 1 ? 1 : Math.min(Math.floor(share * 1e6) / 1e6, 0.999999);
  return (shown * 100).toLocaleString(language, {
    minimumFractionDigits: share === 1 ? 0 : 2,
    maximumFractionDigits: 4,
  });
}

function clockFace(timezone: string, language: Language): (instant: string) => string {
  const options: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZoneName: 'short',
    hourCycle: 'h23',
  };
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat(language, { ...options, timeZone: timezone });
  } catch {
    format = new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' });
  }
  return (instant) => {
    const parts = new Map(
      format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]),
    );
    const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
    // Read all over the world: nobody should have to guess which of two numbers is the month.
    return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}.${part('fractionalSecond')} ${part('timeZoneName')}`;
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Names come from hardware: no markup, and nothing that turns the line around. */
function escape(text: string): string {
  return text
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
