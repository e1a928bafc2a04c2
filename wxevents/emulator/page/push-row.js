/** A push in the inspector's list: one line, its waterfall, and behind a click all of it. */
import { html, useState } from "./html.js";
import { send } from "./api.js";
import { Icon } from "./icons.js";
import { useTexts } from "./i18n.js";
import { PushDetails } from "./push-details.js";
import { exactTime } from "./times.js";
import { Waterfall } from "./waterfall.js";

const TONES = {
  answered: "good",
  empty: "calm",
  waiting: "busy",
  outage: "bad",
  paused: "bad",
  unconfigured: "warn",
};

/** @param {{push: object, user: string}} properties `user`: the name of who caused it */
export function PushRow({ push, user }) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const sendAgain = () => send("POST", `/emulator/pushes/${push.id}/again`, {});
  const tone = TONES[push.outcome] ?? "calm";
  return html`<article class="entry push tone-${tone}" data-testid="push-${push.id}" data-outcome=${push.outcome}>
    <div class="entry-line">
      <button class="entry-toggle" aria-expanded=${open} onClick=${() => setOpen(!open)}>
        <${Icon} name="chevron" size="14" />
        <span class="entry-facts">
          <time>${exactTime(push.time)}</time>
          <b>${push.name}</b>
          ${push.key && html`<code class="key">${push.key}</code>`}
          <span class="who">${user}</span>
          ${push.handler && html`<code class="handler" title=${t("handler")}>${push.handler}</code>`}
        </span>
        <span class="entry-state">
          ${push.alarm && html`<span class="badge bad">${t(`alarm_${push.alarm}`)}</span>`}
          <span class="badge ${tone}">${t(`outcome_${push.outcome}`)}</span>
        </span>
      </button>
      <button class="icon-button again" data-testid="again" aria-label=${t("send_again")} title=${t("send_again_hint")}
        onClick=${sendAgain}><${Icon} name="again" size="16" /></button>
    </div>
    <${Waterfall} push=${push} />
    ${open && html`<${PushDetails} push=${push} />`}
  </article>`;
}
