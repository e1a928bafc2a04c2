/** A column of menu items over a button: arrow keys move in it, Escape and a click elsewhere close. */
import { html, useEffect, useLayoutEffect, useRef } from "./html.js";
import { moveFocus } from "./arrow-keys.js";

const ITEMS = "[role^=menuitem]";
const ARROWS = ["ArrowUp", "ArrowDown"];

/**
 * @param {object} properties
 * @param {string} properties.name
 * @param {{key: string, label: any, name?: string, checked?: boolean, testid?: string, act: () => void}[]}
 *   properties.items `name` is the full one, where the label is shortened; with `checked` it is a switch
 * @param {() => void} properties.onClose
 */
export function Popup({ name, items, onClose, ...others }) {
  const element = useRef(null);
  const opener = useRef(null);
  useLayoutEffect(() => {
    opener.current = document.activeElement;
    element.current.querySelector(ITEMS)?.focus();
  }, []);
  useClickElsewhere(element, opener, onClose);
  const close = () => {
    opener.current?.focus();
    onClose();
  };
  const keys = (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Tab") onClose();
    else moveFocus(event, ITEMS, ARROWS);
  };
  const choose = (item) => {
    close(); // first, so that a dialog returns the focus to the opener
    item.act();
  };
  return html`<div class="popup" role="menu" aria-label=${name} ref=${element} onKeyDown=${keys} ...${others}>
    ${items.map(
      (item) => html`<button key=${item.key} role=${item.checked === undefined ? "menuitem" : "menuitemcheckbox"}
        aria-checked=${item.checked} tabindex="-1" title=${item.name} aria-label=${item.name} data-testid=${item.testid}
        onClick=${() => choose(item)}>${item.label}</button>`,
    )}
  </div>`;
}

/** The opener is spared: its own click closes the popup. */
function useClickElsewhere(element, opener, onClose) {
  useEffect(() => {
    const press = (event) => {
      if (element.current?.contains(event.target) || opener.current?.contains(event.target)) return;
      onClose();
    };
    document.addEventListener("pointerdown", press);
    return () => document.removeEventListener("pointerdown", press);
  }, [onClose]);
}
