/** A question before something that cannot be undone. */
import { html } from "../html.js";
import { useTexts } from "../i18n.js";
import { Dialog } from "./dialog.js";

export function ConfirmDialog({ question, onConfirm, onCancel }) {
  const t = useTexts();
  return html`<${Dialog} name=${t("are_you_sure")} testid="confirm-dialog" onConfirm=${onConfirm} onCancel=${onCancel}>
    <p>${question}</p>
  <//>`;
}
