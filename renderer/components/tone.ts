/** What a colour says: green = proven good, amber and orange = attention, red = not recording or data at risk. */
export type Tone = 'good' | 'attention' | 'pending' | 'danger' | 'info' | 'neutral';
