/** A call of the platform's API in the inspector's list, and behind a click all of it. */
import { html, useState } from "./html.js";
import { send } from "./api.js";
import { CodeBlock } from "./code-block.js";
import { Icon } from "./icons.js";
import { useTexts } from "./i18n.js";
import { duration, exactTime } from "./times.js";

/** @param {{call: object}} properties */
export function CallRow({ call }) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const tone = call.errcode ? "bad" : "good";
  const callAgain = () => send("POST", `/emulator/calls/${call.id}/again`, {});
  return html`<article class="entry call tone-${tone}" data-testid="call-${call.id}" data-errcode=${call.errcode}>
    <div class="entry-line">
      <button class="entry-toggle" aria-expanded=${open} onClick=${() => setOpen(!open)}>
        <${Icon} name="chevron" size="14" />
        <span class="entry-facts">
          <time>${exactTime(call.time)}</time>
          <span class="method">${call.method}</span>
          <code class="path">${call.path}</code>
        </span>
        <span class="entry-state">
          ${typeof call.seconds === "number" && html`<span class="quiet">${duration(call.seconds)}</span>`}
          <span class="badge ${tone}" title=${call.meaning}>${call.errcode || t("call_ok")}</span>
        </span>
      </button>
      <button class="icon-button again" data-testid="again" aria-label=${t("call_again")} title=${t("call_again")}
        onClick=${callAgain}><${Icon} name="again" size="16" /></button>
    </div>
    ${call.errcode !== 0 && html`<p class="meaning">${call.meaning}</p>`}
    ${
      open &&
      html`<div class="details">
        <${CodeBlock} title=${t("call_query")} text=${asText(call.query)} />
        <${CodeBlock} title=${t("call_request")} text=${asText(call.request)} indent />
        <${CodeBlock} title=${t("call_response")} text=${asText(call.response)} indent />
      </div>`
    }
  </article>`;
}

function asText(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
