/** The bar at the bottom of a chat, as the phone shows the account's menu. */
import { html, useState } from "./html.js";
import { moveFocus } from "./arrow-keys.js";
import { Icon } from "./icons.js";
import { useTexts } from "./i18n.js";
import { BAR_CHARACTERS, COLUMN_CHARACTERS, shortened } from "./names.js";
import { Popup } from "./popup.js";

const ARROWS = ["ArrowLeft", "ArrowRight"];

/** @param {{buttons: object[], onTap: (path: number[]) => void}} properties */
export function MenuBar({ buttons, onTap }) {
  const t = useTexts();
  const [open, setOpen] = useState(null);
  const close = () => setOpen(null);
  const keys = (event) => moveFocus(event, ".bar-button", ARROWS);
  return html`<nav class="menu-bar" aria-label=${t("menu")} data-testid="menu" onKeyDown=${keys}>
    ${buttons.map((button, index) => {
      const children = button.sub_button ?? [];
      const tap = () => (children.length ? setOpen(open === index ? null : index) : onTap([index]));
      return html`<div class="bar-column" key=${index}>
        ${
          open === index &&
          html`<${Popup} name=${button.name} items=${itemsOf(children, index, onTap)} onClose=${close} />`
        }
        <${BarButton} button=${button} open=${open === index} onClick=${tap} />
      </div>`;
    })}
  </nav>`;
}

function BarButton({ button, open, onClick }) {
  const column = button.sub_button?.length > 0;
  return html`<button class="bar-button" title=${button.name} aria-label=${button.name}
    aria-haspopup=${column ? "menu" : null} aria-expanded=${column ? open : null} onClick=${onClick}>
    ${column && html`<${Icon} name="menu" size="12" />`}
    <span>${shortened(button.name, BAR_CHARACTERS)}</span>
  </button>`;
}

function itemsOf(children, index, onTap) {
  return children.map((child, position) => ({
    key: position,
    name: child.name,
    label: shortened(child.name, COLUMN_CHARACTERS),
    act: () => onTap([index, position]),
  }));
}
