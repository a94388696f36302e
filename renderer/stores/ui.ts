import { create } from 'zustand';

export type ThemeChoice = 'auto' | 'light' | 'dark';
export type Language = 'en' | 'de';

interface Remembered {
  readonly theme: ThemeChoice;
  readonly language: Language;
  readonly utc: boolean;
}

interface Ui extends Remembered {
  readonly setTheme: (theme: ThemeChoice) => void;
  readonly setLanguage: (language: Language) => void;
  readonly toggleUtc: () => void;
}

const KEY = 'silvasonic:ui';

/** The station's settings are the truth; this copy only keeps the first frame after a reload from flashing. */
export function readRemembered(text: string | null, systemLanguage: string): Remembered {
  const fallback: Remembered = {
    theme: 'auto',
    language: systemLanguage.toLowerCase().startsWith('de') ? 'de' : 'en',
    utc: false,
  };
  if (text === null) return fallback;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return fallback;
    const { theme, language, utc } = value as Record<string, unknown>;
    return {
      theme: theme === 'light' || theme === 'dark' || theme === 'auto' ? theme : fallback.theme,
      language: language === 'en' || language === 'de' ? language : fallback.language,
      utc: utc === true,
    };
  } catch {
    return fallback;
  }
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage can be switched off; the page works without it
  }
}

function store(state: Remembered): void {
  try {
    const { theme, language, utc } = state;
    localStorage.setItem(KEY, JSON.stringify({ theme, language, utc }));
  } catch {
    // see stored()
  }
}

export const useUi = create<Ui>()((set) => ({
  ...readRemembered(stored(), navigator.language),
  setTheme: (theme) => {
    set({ theme });
  },
  setLanguage: (language) => {
    set({ language });
  },
  toggleUtc: () => {
    set((state) => ({ utc: !state.utc }));
  },
}));

useUi.subscribe(store);
