/** Everything between the platform and the bot: pushes with their deliveries, and calls of the API. */
import { html, useState } from "./html.js";
import { CallRow } from "./call-row.js";
import { useTexts } from "./i18n.js";
import { PushRow } from "./push-row.js";
import { Tabs } from "./tabs.js";

const FILTERS = ["all", "pushes", "calls"];

/** @param {{state: object}} properties */
export function Inspector({ state }) {
  const t = useTexts();
  const [filter, setFilter] = useState("all");
  const names = new Map(state.users.map((user) => [user.openid, user.name]));
  const entries = timeline(state, filter);
  const tabs = FILTERS.map((key) => ({
    key,
    testid: `filter-${key}`,
    label: html`${t(`filter_${key}`)} <span class="count">${count(state, key)}</span>`,
  }));
  return html`<div class="inspector">
    <div class="inspector-head">
      <${Tabs} kind="small" name=${t("filter")} tabs=${tabs} chosen=${filter} onChoose=${setFilter} />
      <span class="legend"><i aria-hidden="true" />${t("five_seconds")}</span>
    </div>
    ${!state.account.webhook && html`<p class="banner">${t("no_webhook")}</p>`}
    ${entries.length === 0 && html`<p class="empty">${t("nothing_happened")}</p>`}
    <div class="timeline">
      ${entries.map(({ kind, entry }) =>
        kind === "push"
          ? html`<${PushRow} key="push-${entry.id}" push=${entry} user=${names.get(entry.openid) ?? entry.openid} />`
          : html`<${CallRow} key="call-${entry.id}" call=${entry} />`,
      )}
    </div>
  </div>`;
}

function count(state, filter) {
  const { pushes, calls } = state;
  return { all: pushes.length + calls.length, pushes: pushes.length, calls: calls.length }[filter];
}

/** Newest first. */
function timeline({ pushes, calls }, filter) {
  const entries = [
    ...(filter === "calls" ? [] : pushes.map((entry) => ({ kind: "push", entry }))),
    ...(filter === "pushes" ? [] : calls.map((entry) => ({ kind: "call", entry }))),
  ];
  return entries.sort((one, other) => other.entry.time - one.entry.time || order(other) - order(one));
}

/** Among pushes, and among calls, of the same time. */
const order = ({ entry }) => Number(entry.id) || 0;
