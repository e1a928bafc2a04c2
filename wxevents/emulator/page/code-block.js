/** XML, JSON or other text as it is, coloured, with a button that copies it. */
import { html, useState } from "./html.js";
import { copy } from "./clipboard.js";
import { coloured, indented } from "./markup.js";
import { Icon } from "./icons.js";
import { useTexts } from "./i18n.js";

/**
 * @param {object} properties
 * @param {string} properties.title
 * @param {string|null} properties.text
 * @param {boolean} [properties.indent] show it indented; what is copied is the text itself
 * @param {boolean} [properties.folded] show it after a click only
 */
export function CodeBlock({ title, text, indent = false, folded = false }) {
  const t = useTexts();
  const [open, setOpen] = useState(!folded);
  if (!text) {
    return html`<div class="code-block">
      <div class="code-title">${title} <span class="quiet">${t("nothing_received")}</span></div>
    </div>`;
  }
  const name = folded
    ? html`<button class="fold" aria-expanded=${open} onClick=${() => setOpen(!open)}>
        <${Icon} name="chevron" size="12" />${title}
      </button>`
    : title;
  return html`<div class="code-block">
    <div class="code-title">
      ${name}
      <button class="text-button" onClick=${() => copy(text, t("copied"))}>${t("copy")}</button>
    </div>
    ${
      open &&
      html`<pre tabindex="0" aria-label=${title}>${coloured(indent ? indented(text) : text).map(
        ({ kind, text: part }) => (kind ? html`<span class="code-${kind}">${part}</span>` : part),
      )}</pre>`
    }
  </div>`;
}
