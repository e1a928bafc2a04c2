/** Faults of the platform's API: error codes by path, expired tokens, quotas used up. */
import { html, useState } from "./html.js";
import { send } from "./api.js";
import { useTexts } from "./i18n.js";
import { tell } from "./notices.js";

const EVERY_PATH = "*";

/** @param {{state: object, onErrors: (errors: Record<string, number>) => void}} properties */
export function ApiFaults({ state, onErrors }) {
  const t = useTexts();
  const { paths } = state;
  return html`
    <section>
      <h3>${t("faults_api")}</h3>
      <p class="hint">${t("faults_api_hint")}</p>
      <${ErrorList} state=${state} onErrors=${onErrors} />
      <${NewError} ...${{ state, paths, onErrors }} />
    </section>
    <section>
      <h3>${t("faults_tokens")}</h3>
      <p class="hint">${t("faults_expire_hint")}</p>
      <button class="button" data-testid="expire-tokens" onClick=${() => expireTokens(t)}>${t("faults_expire")}</button>
    </section>
    <section>
      <h3>${t("faults_quota")}</h3>
      <p class="hint">${t("faults_quota_hint")}</p>
      <${Quota} paths=${paths} />
    </section>
    <datalist id="api-paths">${paths.map((path) => html`<option value=${path} />`)}</datalist>
  `;
}

function ErrorList({ state, onErrors }) {
  const t = useTexts();
  const errors = state.faults.api_errors;
  const without = (path) => Object.fromEntries(Object.entries(errors).filter(([one]) => one !== path));
  return html`<ul class="error-list">
    ${Object.entries(errors).map(
      ([path, code]) => html`<li key=${path}>
        <code>${path}</code>
        <span class="badge bad">${code}</span>
        <span class="quiet grow">${state.error_codes[code] ?? ""}</span>
        <button class="chip-remove" aria-label=${t("faults_remove", { path })} onClick=${() => onErrors(without(path))}>✕</button>
      </li>`,
    )}
  </ul>`;
}

function NewError({ state, onErrors }) {
  const t = useTexts();
  const [path, setPath] = useState(EVERY_PATH);
  const [code, setCode] = useState("-1");
  const add = (event) => {
    event.preventDefault();
    onErrors({ ...state.faults.api_errors, [path.trim()]: Number(code) });
  };
  const codes = Object.entries(state.error_codes).sort(([one], [other]) => one - other);
  return html`<form class="inline-form" onSubmit=${add}>
    <input list="api-paths" required aria-label=${t("faults_path")} data-testid="fault-path" value=${path}
      onInput=${(event) => setPath(event.target.value)} />
    <select aria-label=${t("faults_code")} data-testid="fault-code" value=${code} onChange=${(event) => setCode(event.target.value)}>
      ${codes.map(([one, meaning]) => html`<option value=${one} selected=${one === code}>${one} ${meaning}</option>`)}
    </select>
    <button type="submit" class="button" data-testid="fault-add">${t("add")}</button>
  </form>`;
}

function Quota({ paths }) {
  const t = useTexts();
  const [path, setPath] = useState(paths[0]);
  const exhaust = async (event) => {
    event.preventDefault();
    const done = await send("POST", "/emulator/quotas/exhaust", { path: path.trim() });
    if (done) tell(t("faults_exhausted", { path }));
  };
  return html`<form class="inline-form" onSubmit=${exhaust}>
    <input list="api-paths" required aria-label=${t("faults_path")} data-testid="quota-path" value=${path}
      onInput=${(event) => setPath(event.target.value)} />
    <button type="submit" class="button" data-testid="quota-exhaust">${t("faults_exhaust")}</button>
  </form>`;
}

async function expireTokens(t) {
  if (await send("POST", "/emulator/tokens/expire", {})) tell(t("faults_expired"));
}
