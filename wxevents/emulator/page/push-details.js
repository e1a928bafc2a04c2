/** All there is to know about a push, and what can be done with it. */
import { html } from "./html.js";
import { send } from "./api.js";
import { copy } from "./clipboard.js";
import { CodeBlock } from "./code-block.js";
import { useTexts } from "./i18n.js";
import { duration } from "./times.js";

export function PushDetails({ push }) {
  const t = useTexts();
  return html`<div class="details">
    <${Actions} push=${push} />
    <dl class="facts">
      <dt>${t("handler")}</dt><dd><code>${push.handler ?? "–"}</code></dd>
      ${push.action?.path && html`<dt>${t("caused_by")}</dt><dd><code>${cause(push.action)}</code></dd>`}
      ${push.alarm && html`<dt>${t("alarm")}</dt><dd>${t(`alarm_${push.alarm}`)}</dd>`}
    </dl>
    <${CodeBlock} title=${t("push_xml")} text=${push.xml} indent />
    ${push.deliveries.map((delivery, index) => html`<${DeliveryDetails} key=${index} delivery=${delivery} />`)}
  </div>`;
}

/** The call of the control API that it came from. */
function cause({ path, body }) {
  return `${path} ${JSON.stringify(body)}`;
}

function Actions({ push }) {
  const t = useTexts();
  const anew = () => send("POST", `/emulator/pushes/${push.id}/again`, { anew: true });
  return html`<div class="actions">
    <button class="button small" data-testid="anew" title=${t("do_anew_hint")} onClick=${anew}>${t("do_anew")}</button>
    <button class="button small" data-testid="copy-command" title=${push.command}
      onClick=${() => copy(push.command, t("copied"))}>${t("copy_command")}</button>
    <button class="button small" data-testid="copy-test" title=${push.test}
      onClick=${() => copy(push.test, t("copied"))}>${t("copy_test")}</button>
  </div>`;
}

function DeliveryDetails({ delivery }) {
  const t = useTexts();
  const { attempt, seconds, status, accepted, verdict, query, request, response, answer } = delivery;
  const tone = seconds === null ? "busy" : accepted ? "good" : "bad";
  const judged = seconds === null ? t("running") : t(accepted ? "accepted" : "refused");
  return html`<section class="delivery-details">
    <h3>
      ${t("attempt", { attempt })}
      <span class="badge ${tone}">${judged}</span>
      <span class="quiet">${status ?? "–"}${seconds === null ? "" : ` · ${duration(seconds)}`}</span>
    </h3>
    <p class="verdict">${verdict}</p>
    <${CodeBlock} title=${t("delivery_answer")} text=${answer} indent />
    <${CodeBlock} title=${t("delivery_response")} text=${response} folded />
    <${CodeBlock} title=${t("delivery_request")} text=${request} folded />
    <${CodeBlock} title=${t("delivery_query")} text=${query} folded />
  </section>`;
}
