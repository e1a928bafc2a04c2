/** Short notices at the bottom of the page: faults as alerts, confirmations as status. */
import { html } from "./html.js";
import { observable, useObservable } from "./observable.js";
import { useTexts } from "./i18n.js";

const SECONDS = { alert: 10, status: 3 };
const MOST = 4;

const notices = observable([]);
let lastId = 0;

export const warn = (text) => show(text, "alert");
export const tell = (text) => show(text, "status");

function show(text, role) {
  const id = ++lastId;
  notices.set([...notices.get(), { id, text, role }].slice(-MOST));
  setTimeout(() => dismiss(id), SECONDS[role] * 1000);
}

function dismiss(id) {
  notices.set(notices.get().filter((notice) => notice.id !== id));
}

export function Notices() {
  const t = useTexts();
  return html`<div class="notices">
    ${useObservable(notices).map(
      ({ id, text, role }) => html`<div key=${id} class="notice ${role}" role=${role}>
        <span>${text}</span>
        <button class="icon-button" aria-label=${t("close")} onClick=${() => dismiss(id)}>✕</button>
      </div>`,
    )}
  </div>`;
}
