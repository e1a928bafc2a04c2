/** Faults that can be switched on: of the network, and of the platform's API. */
import { html, useEffect, useState } from "./html.js";
import { send } from "./api.js";
import { ApiFaults } from "./api-faults.js";
import { useTexts } from "./i18n.js";

const PATH = "/emulator/faults";
/** Switches of the network: [field, text]. */
const SWITCHES = [
  ["lose_answers", "faults_lose"],
  ["duplicate", "faults_duplicate"],
  ["reorder", "faults_reorder"],
];
const NONE = { delay: 0, lose_answers: false, duplicate: false, reorder: false, api_errors: {} };
/** Typing "12" should not make a delay of 1 first. */
const TYPING_MS = 250;

const change = (fields) => send("PATCH", PATH, fields);

/** @returns {boolean} whether any fault is on */
export function anyFault({ delay, lose_answers: lose, duplicate, reorder, api_errors: errors }) {
  return delay > 0 || lose || duplicate || reorder || Object.keys(errors).length > 0;
}

/** @param {{state: object}} properties */
export function Faults({ state }) {
  const t = useTexts();
  const { faults } = state;
  return html`<div class="panel-page">
    <section>
      <h3>${t("faults_network")}</h3>
      <${Delay} seconds=${faults.delay} />
      ${SWITCHES.map(
        ([field, text]) => html`<label class="check block" key=${field}>
          <input type="checkbox" data-testid="fault-${field}" checked=${faults[field]}
            onChange=${(event) => change({ [field]: event.target.checked })} />
          <span>${t(text)}<small class="hint">${t(`${text}_hint`)}</small></span>
        </label>`,
      )}
    </section>
    <${ApiFaults} state=${state} onErrors=${(errors) => change({ api_errors: errors })} />
    <button class="button" data-testid="faults-clear" disabled=${!anyFault(faults)} onClick=${() => change(NONE)}>
      ${t("faults_clear")}
    </button>
  </div>`;
}

function Delay({ seconds }) {
  const t = useTexts();
  const [text, setText] = useState(String(seconds));
  useEffect(() => setText(String(seconds)), [seconds]);
  useEffect(() => {
    const typed = Number(text);
    if (text === "" || typed === seconds || !(typed >= 0)) return undefined;
    const timer = setTimeout(() => change({ delay: typed }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return html`<label class="field">
    <span>${t("faults_delay")}</span>
    <span class="row">
      <input type="range" min="0" max="8" step="0.5" tabindex="-1" aria-hidden="true" value=${text}
        onInput=${(event) => setText(event.target.value)} />
      <input type="number" class="short" min="0" step="0.1" data-testid="fault-delay" value=${text}
        onInput=${(event) => setText(event.target.value)} />
    </span>
  </label>`;
}
