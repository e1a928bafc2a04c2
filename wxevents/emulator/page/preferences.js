/** Language and theme: remembered in the browser, otherwise as the browser and system say. */
import { observable } from "./observable.js";

const LANGUAGE = "wxevents.language";
const THEME = "wxevents.theme";
const systemDark = matchMedia("(prefers-color-scheme: dark)");

export const language = observable(
  remembered(LANGUAGE) ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en"),
);
export const theme = observable(remembered(THEME) ?? systemTheme());

systemDark.addEventListener("change", () => theme.set(remembered(THEME) ?? systemTheme()));
theme.watch(showTheme);
language.watch(showLanguage);
showTheme();
showLanguage();

export function switchLanguage() {
  language.set(language.get() === "zh" ? "en" : "zh");
  remember(LANGUAGE, language.get());
}

/** To the other theme; the page follows the system again once both agree. */
export function switchTheme() {
  const next = theme.get() === "dark" ? "light" : "dark";
  remember(THEME, next === systemTheme() ? null : next);
  theme.set(next);
}

function showTheme() {
  document.documentElement.dataset.theme = theme.get();
}

function showLanguage() {
  document.documentElement.lang = language.get() === "zh" ? "zh-CN" : "en";
}

function systemTheme() {
  return systemDark.matches ? "dark" : "light";
}

/** A browser may refuse storage altogether; the page works without. */
function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Nothing is lost but the memory of it.
  }
}
