/** The account as a whole: its clock, its state as a file, and what the platform leaves open. */
import { html } from "./html.js";
import { send } from "./api.js";
import { CommittedInput } from "./committed-input.js";
import { hasText, useTexts } from "./i18n.js";
import { tell, warn } from "./notices.js";
import { emulatorTime } from "./store.js";
import { day, exactTime, useTicks } from "./times.js";

const SAVED = "/emulator/saved";
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const STEPS = [
  ["minute_1", MINUTE],
  ["minute_5", 5 * MINUTE],
  ["hour_2", 2 * HOUR],
  ["day_3", 72 * HOUR],
];
/** Switches that are one of a few words or numbers. */
const CHOICES = {
  deliveries: [3, 4],
  pictures: ["one_list", "many_lists"],
  tag_field: ["group_id", "tag_id"],
};

/** @param {{state: object}} properties */
export function AccountPage({ state }) {
  return html`<div class="panel-page">
    <${Clock} />
    <${Saved} />
    <${Switches} switches=${state.switches} />
  </div>`;
}

function Clock() {
  const t = useTexts();
  useTicks(1000);
  const now = emulatorTime();
  const advance = (seconds) => send("POST", "/emulator/clock", { advance: seconds });
  return html`<section>
    <h3>${t("clock_title")}</h3>
    <p class="hint">${t("clock_hint")}</p>
    <p class="big-clock">${day(now)} ${exactTime(now).slice(0, -4)}</p>
    <div class="actions">
      ${STEPS.map(
        ([name, seconds]) =>
          html`<button class="button" data-testid="advance-${seconds}" onClick=${() => advance(seconds)}>${t(name)}</button>`,
      )}
    </div>
  </section>`;
}

function Saved() {
  const t = useTexts();
  return html`<section>
    <h3>${t("saved_title")}</h3>
    <p class="hint">${t("saved_hint")}</p>
    <div class="actions">
      <a class="button" href=${SAVED} download="wxevents-emulator.json" data-testid="save">${t("saved_save")}</a>
      <label class="button file-button">
        ${t("saved_load")}
        <input type="file" accept=".json,application/json" data-testid="load" onChange=${(event) => load(event, t)} />
      </label>
    </div>
  </section>`;
}

async function load(event, t) {
  const [file] = event.target.files;
  if (!file) return;
  const text = await file.text();
  event.target.value = "";
  let saved;
  try {
    saved = JSON.parse(text);
  } catch {
    warn(t("saved_no_json"));
    return;
  }
  if (await send("PUT", SAVED, saved)) tell(t("saved_loaded"));
}

function Switches({ switches }) {
  const t = useTexts();
  return html`<section>
    <h3>${t("switches_title")}</h3>
    <p class="hint">${t("switches_hint")}</p>
    <div class="switches">
      ${Object.entries(switches).map(([name, value]) => html`<${Switch} key=${name} name=${name} value=${value} />`)}
    </div>
  </section>`;
}

/** One that this page has no text for goes by its own name. */
function Switch({ name, value }) {
  const t = useTexts();
  const change = (next) => send("PATCH", "/emulator/switches", { [name]: next });
  return html`<label class="switch">
    <span>${hasText(`switch_${name}`) && t(`switch_${name}`)} <code class="quiet">${name}</code></span>
    <${SwitchInput} name=${name} value=${value} onChange=${change} />
  </label>`;
}

function SwitchInput({ name, value, onChange }) {
  const testid = `switch-${name}`;
  const choices = CHOICES[name];
  if (choices) {
    return html`<select data-testid=${testid} onChange=${(event) => onChange(choices[event.target.selectedIndex])}>
      ${choices.map((choice) => html`<option value=${choice} selected=${choice === value}>${choice}</option>`)}
    </select>`;
  }
  if (typeof value === "boolean") {
    return html`<input type="checkbox" data-testid=${testid} checked=${value}
      onChange=${(event) => onChange(event.target.checked)} />`;
  }
  if (typeof value === "number") {
    return html`<${CommittedInput} type="number" class="short" step="any" data-testid=${testid} value=${value}
      onCommit=${(text) => onChange(Number(text))} />`;
  }
  return html`<input data-testid=${testid} value=${value ?? ""}
    onChange=${(event) => onChange(event.target.value || null)} />`;
}
