/** Copying text. */
import { tell } from "./notices.js";

/** @param {string} done what to say afterwards */
export async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyBySelection(text); // pages over plain HTTP from another host have no clipboard
  }
  tell(done);
}

function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
