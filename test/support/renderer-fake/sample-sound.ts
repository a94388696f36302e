const RATE_HZ = 48_000;
const SECONDS = 10;

/** A sweep as a WAV file. */
function wav(): Blob {
  const frames = RATE_HZ * SECONDS;
  const view = new DataView(new ArrayBuffer(44 + frames * 2));
  const letters = (at: number, text: string): void => {
    for (const [index, letter] of Array.from(text).entries())
      view.setUint8(at + index, letter.charCodeAt(0));
  };
  letters(0, 'RIFF');
  view.setUint32(4, 36 + frames * 2, true);
  letters(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE_HZ, true);
  view.setUint32(28, RATE_HZ * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  letters(36, 'data');
  view.setUint32(40, frames * 2, true);
  for (let frame = 0; frame < frames; frame++)
    view.setInt16(44 + frame * 2, 3000 * Math.sin((frame * frame) / 9e6), true);
  return new Blob([view], { type: 'audio/wav' });
}

/** A browser knows no `media://`: audio elements that ask for it are given the same sweep. */
export function serveSampleSound(): void {
  const address = URL.createObjectURL(wav());
  HTMLAudioElement.prototype.setAttribute = function (name: string, value: string) {
    Element.prototype.setAttribute.call(
      this,
      name,
      name === 'src' && value.startsWith('media:') ? address : value,
    );
  };
}
