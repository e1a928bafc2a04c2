/** A list of tabs: one stop of the Tab key, arrow keys move within. */
import { html } from "./html.js";
import { moveFocus } from "./arrow-keys.js";

const ARROWS = ["ArrowLeft", "ArrowRight"];

/**
 * @param {object} properties
 * @param {string} properties.kind how they look, a class
 * @param {string} properties.name
 * @param {{key: string, label: any, testid?: string}[]} properties.tabs
 * @param {string} properties.chosen
 * @param {(key: string) => void} properties.onChoose
 */
export function Tabs({ kind, name, tabs, chosen, onChoose }) {
  const keys = (event) => moveFocus(event, "[role=tab]", ARROWS);
  const known = tabs.some(({ key }) => key === chosen);
  return html`<div class="tabs ${kind}" role="tablist" aria-label=${name} onKeyDown=${keys}>
    ${tabs.map(
      ({ key, label, testid }, index) => html`<button key=${key} role="tab" class="tab" aria-selected=${key === chosen}
        data-testid=${testid} tabindex=${key === chosen || (!known && index === 0) ? 0 : -1}
        onClick=${() => onChoose(key)}>${label}</button>`,
    )}
  </div>`;
}
