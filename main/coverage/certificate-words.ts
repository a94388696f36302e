import type { GapReason } from '@shared/model/coverage';

export type Language = 'en' | 'de';

interface Words {
  readonly title: string;
  readonly station: string;
  readonly period: string;
  readonly position: string;
  readonly issued: string;
  readonly software: string;
  readonly clock: string;
  readonly clockSynced: string;
  readonly clockNotSynced: string;
  readonly clockUnknown: string;
  readonly scheduled: string;
  readonly fromRecordings: string;
  readonly recorded: string;
  readonly missing: string;
  readonly coverage: string;
  readonly nothingScheduled: string;
  readonly unsynced: string;
  readonly clockNotTold: string;
  readonly allSynced: string;
  readonly simulated: string;
  readonly gaps: string;
  readonly noGaps: string;
  readonly from: string;
  readonly to: string;
  readonly seconds: string;
  readonly cause: string;
  readonly files: string;
  readonly noFiles: string;
  readonly file: string;
  readonly duration: string;
  readonly notHashed: string;
  readonly marks: {
    readonly not_synchronised: string;
    readonly unknown: string;
    readonly recovered: string;
    readonly missing: string;
    readonly removed: string;
  };
  readonly signature: string;
  readonly signatureNote: string;
  readonly reasons: Readonly<Record<GapReason, string>>;
}

/** What a printed certificate says around its figures. */
export const CERTIFICATE_WORDS: Readonly<Record<Language, Words>> = {
  en: {
    title: 'Coverage certificate',
    station: 'Station',
    period: 'Period',
    position: 'Position',
    issued: 'Issued',
    software: 'Software',
    clock: 'Clock when issued',
    clockSynced: 'synchronised',
    clockNotSynced: 'not synchronised',
    clockUnknown: 'the system does not tell',
    scheduled: 'Scheduled',
    fromRecordings: 'of it taken from the recordings: the schedule of then is lost',
    recorded: 'Recorded',
    missing: 'Missing',
    coverage: 'Coverage',
    nothingScheduled: 'nothing scheduled',
    unsynced: 'Recorded while the clock was not synchronised',
    clockNotTold: 'Recorded while nobody could tell whether the clock was right',
    allSynced: 'none',
    simulated: 'simulated microphone',
    gaps: 'Gaps',
    noGaps: 'No gaps.',
    from: 'From',
    to: 'To',
    seconds: 'Seconds',
    cause: 'Cause',
    files: 'Files',
    noFiles: 'No recordings.',
    file: 'File',
    duration: 'Length (s)',
    notHashed: 'not known: the file could not be read, or was removed before',
    marks: {
      not_synchronised: 'clock not synchronised',
      unknown: 'clock not known',
      recovered: 'recovered',
      missing: 'not there any more, not counted',
      removed: 'removed to make room',
    },
    signature: 'Signature',
    signatureNote:
      'This page is for reading. What is signed is the JSON certificate; check it with “station verify-certificate”. Fingerprint of the key:',
    reasons: {
      unplugged: 'The microphone was unplugged',
      device_busy: 'Another program held the microphone',
      device_refused: 'The microphone could not be opened as configured',
      capture_failed: 'The capture failed',
      stalled: 'The microphone delivered no audio',
      overrun: 'The computer was too slow to take the sound',
      lost: 'Samples are missing; the cause is not known',
      disk_full: 'The disk was full',
      disk_failed: 'The disk could not be written',
      data_disk_missing: 'The data disk was missing',
      console_stopped: 'The station software was not running',
      power_loss: 'The power failed',
      restart: 'It was starting, stopping or changing over',
      segment_refused: 'A segment was faulty and is in quarantine',
      file_missing: 'It was recorded, but the file is not there any more',
      unknown: 'Not known',
    },
  },
  de: {
    title: 'Abdeckungszertifikat',
    station: 'Station',
    period: 'Zeitraum',
    position: 'Position',
    issued: 'Ausgestellt',
    software: 'Software',
    clock: 'Uhr bei der Ausstellung',
    clockSynced: 'synchronisiert',
    clockNotSynced: 'nicht synchronisiert',
    clockUnknown: 'das System sagt es nicht',
    scheduled: 'Vorgesehen',
    fromRecordings: 'davon aus den Aufnahmen: der damalige Zeitplan ist verloren',
    recorded: 'Aufgenommen',
    missing: 'Fehlend',
    coverage: 'Abdeckung',
    nothingScheduled: 'nichts vorgesehen',
    unsynced: 'Aufgenommen, während die Uhr nicht synchronisiert war',
    clockNotTold: 'Aufgenommen, während niemand sagen konnte, ob die Uhr stimmt',
    allSynced: 'nichts',
    simulated: 'simuliertes Mikrofon',
    gaps: 'Lücken',
    noGaps: 'Keine Lücken.',
    from: 'Von',
    to: 'Bis',
    seconds: 'Sekunden',
    cause: 'Ursache',
    files: 'Dateien',
    noFiles: 'Keine Aufnahmen.',
    file: 'Datei',
    duration: 'Länge (s)',
    notHashed: 'nicht bekannt: die Datei war nicht lesbar oder wurde vorher entfernt',
    marks: {
      not_synchronised: 'Uhr nicht synchronisiert',
      unknown: 'Uhr nicht bekannt',
      recovered: 'wiederhergestellt',
      missing: 'nicht mehr da, nicht gezählt',
      removed: 'entfernt, um Platz zu schaffen',
    },
    signature: 'Unterschrift',
    signatureNote:
      'Diese Seite ist zum Lesen. Unterschrieben ist das JSON-Zertifikat; geprüft wird es mit „station verify-certificate“. Fingerabdruck des Schlüssels:',
    reasons: {
      unplugged: 'Das Mikrofon war ausgesteckt',
      device_busy: 'Ein anderes Programm hielt das Mikrofon',
      device_refused: 'Das Mikrofon ließ sich nicht wie eingestellt öffnen',
      capture_failed: 'Die Aufnahme brach ab',
      stalled: 'Das Mikrofon lieferte keinen Ton',
      overrun: 'Der Rechner war zu langsam, den Ton abzunehmen',
      lost: 'Es fehlen Abtastwerte; die Ursache ist nicht bekannt',
      disk_full: 'Der Datenträger war voll',
      disk_failed: 'Der Datenträger ließ sich nicht beschreiben',
      data_disk_missing: 'Der Datenträger für Aufnahmen fehlte',
      console_stopped: 'Die Stationssoftware lief nicht',
      power_loss: 'Der Strom fiel aus',
      restart: 'Beim Starten, Anhalten oder Umstellen',
      segment_refused: 'Ein Segment war fehlerhaft und liegt in Quarantäne',
      file_missing: 'Es wurde aufgenommen, aber die Datei ist nicht mehr da',
      unknown: 'Nicht bekannt',
    },
  },
};
