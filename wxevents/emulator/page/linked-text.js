/** Text with links in it, and links in general: what is no web address stays text. */
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { useTexts } from "./i18n.js";
import { safeLink } from "./links.js";

/** A link out of the page, or the same without the link. */
export function OutLink({ address, children, ...others }) {
  const href = safeLink(address);
  if (!href) return html`<span ...${others}>${children}</span>`;
  return html`<a href=${href} target="_blank" rel="noopener noreferrer" ...${others}>${children}</a>`;
}

export function LinkedText({ segments, onSay }) {
  return html`<span class="text">
    ${segments.map((segment, index) => html`<${Segment} key=${index} segment=${segment} onSay=${onSay} />`)}
  </span>`;
}

function Segment({ segment, onSay }) {
  const t = useTexts();
  const { text, href, miniprogram, say, menu_id: menuId } = segment;
  if (say !== undefined) {
    return html`<button class="text-link" onClick=${() => onSay(say, menuId)}>${text}</button>`;
  }
  if (miniprogram) {
    const title = `${t("mini_program")} ${miniprogram.appid} ${miniprogram.path ?? ""}`;
    return html`<${OutLink} class="mini-link" address=${href} title=${title}><${Icon} name="miniprogram" size="13" />${text}<//>`;
  }
  if (href) return html`<${OutLink} address=${href}>${text}<//>`;
  return text;
}
