/** The top of the page: which account this is, and the switches of the page itself. */
import { html, useEffect } from "./html.js";
import { anyFault } from "./faults.js";
import { Icon } from "./icons.js";
import { hasText, useTexts } from "./i18n.js";
import { useObservable } from "./observable.js";
import { switchLanguage, switchTheme, theme } from "./preferences.js";

/** @param {{state: object|null, connected: boolean}} properties */
export function Header({ state, connected }) {
  const t = useTexts();
  const name = state?.account.name ?? t("emulator");
  useEffect(() => {
    document.title = `${name} · wxevents`;
  }, [name]);
  return html`<header class="page-header">
    <img src="/page/icon.svg" alt="" width="28" height="28" />
    <h1>${name}</h1>
    ${state && html`<${AccountFacts} account=${state.account} />`}
    <span class="grow" />
    ${state && anyFault(state.faults) && html`<span class="badge warn">${t("faults_on")}</span>`}
    ${state && !connected && html`<span class="badge bad" role="status">${t("stream_lost")}</span>`}
    <${PageSwitches} />
  </header>`;
}

function AccountFacts({ account }) {
  const t = useTexts();
  const named = (key) => (hasText(key) ? t(key) : "");
  const facts = [named(`kind_${account.kind}`), named(`mode_${account.mode}`)].filter(Boolean);
  return html`<div class="account-facts">
    <code title=${t("app_id")}>${account.app_id}</code>
    <span class="quiet">${facts.join(" · ")}</span>
    <span class="webhook ${account.webhook ? "on" : "off"}" title=${t("webhook")} data-testid="webhook">
      <i aria-hidden="true" />${account.webhook || t("not_connected")}
    </span>
  </div>`;
}

function PageSwitches() {
  const t = useTexts();
  const dark = useObservable(theme) === "dark";
  return html`
    <button class="text-button" data-testid="language" title=${t("switch_language")}
      onClick=${switchLanguage}>${t("other_language")}</button>
    <button class="icon-button" data-testid="theme" aria-label=${t("switch_theme")} title=${t("switch_theme")}
      aria-pressed=${dark} onClick=${switchTheme}><${Icon} name=${dark ? "sun" : "moon"} size="18" /></button>
  `;
}
