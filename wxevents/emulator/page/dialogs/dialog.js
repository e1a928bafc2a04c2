/** A modal dialog: it keeps the focus inside, and Escape cancels it. */
import { html, useLayoutEffect, useRef } from "../html.js";
import { useTexts } from "../i18n.js";

/**
 * @param {object} properties
 * @param {string} properties.name its title and accessible name
 * @param {string} [properties.testid]
 * @param {() => void} properties.onCancel
 * @param {() => void} [properties.onConfirm] without it there is no button for it
 * @param {boolean} [properties.ready] whether it can be confirmed
 */
export function Dialog({ name, testid, onCancel, onConfirm, ready = true, children }) {
  const t = useTexts();
  const element = useRef(null);
  useLayoutEffect(() => open(element.current), []);
  const submit = (event) => {
    event.preventDefault();
    if (ready) onConfirm?.();
  };
  const escape = (event) => {
    event.preventDefault(); // the caller takes the dialog away
    onCancel();
  };
  return html`<dialog ref=${element} aria-label=${name} data-testid=${testid} onCancel=${escape}>
    <form onSubmit=${submit}>
      <h2>${name}</h2>
      <div class="dialog-body">${children}</div>
      <div class="dialog-buttons">
        <button type="button" class="button" data-testid="cancel" onClick=${onCancel}>${t("cancel")}</button>
        ${
          onConfirm &&
          html`<button type="submit" class="button primary" data-testid="confirm" disabled=${!ready}>
            ${t("confirm")}
          </button>`
        }
      </div>
    </form>
  </dialog>`;
}

/** Shows the dialog; when it goes, the focus returns to where it was. */
function open(dialog) {
  const before = document.activeElement;
  dialog.showModal();
  (dialog.querySelector("[data-first]") ?? dialog.querySelector("input, button"))?.focus();
  return () => {
    dialog.close();
    if (before?.isConnected) before.focus();
  };
}
