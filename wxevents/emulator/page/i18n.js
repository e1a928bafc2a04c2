/** The page's texts. `{name}` stands for what is put in. */
import { useObservable } from "./observable.js";
import { language } from "./preferences.js";
import { TEXTS } from "./texts.js";

const COLUMN = { en: 0, zh: 1 };

/** @returns {(key: string, values?: object) => string} texts in the language chosen */
export function useTexts() {
  const chosen = useObservable(language);
  return (key, values) => text(chosen, key, values);
}

export const hasText = (key) => key in TEXTS;

/** A key that has no text stays visible, so that somebody mends it. */
function text(chosen, key, values = {}) {
  const pattern = TEXTS[key]?.[COLUMN[chosen] ?? 0];
  if (pattern === undefined) return `⟦${key}⟧`;
  return pattern.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
