/**
 * The colours of the recording state, the same in both themes so that they are learned once. Each pair has a
 * contrast of at least 7 : 1 (WCAG AAA); a test holds them to it.
 */
export const RECORDING_COLOURS = {
  recording: { background: '#0b5a2e', text: '#ffffff' },
  partly: { background: '#9c1616', text: '#ffffff' },
  starting: { background: '#ffc233', text: '#1d1600' },
  doubtful: { background: '#ffc233', text: '#1d1600' },
  resting: { background: '#0e4365', text: '#ffffff' },
  not_recording: { background: '#9c1616', text: '#ffffff' },
  unknown: { background: '#3d4650', text: '#ffffff' },
} as const;
