/** An input whose text is sent when it is finished, not with every letter. */
import { html, useEffect, useState } from "./html.js";

/**
 * @param {object} properties
 * @param {string|number} properties.value what holds as long as nothing else was typed
 * @param {(text: string) => Promise<any>} properties.onCommit gives null if it was refused
 */
export function CommittedInput({ value, onCommit, ...others }) {
  // Kept apart, since whatever happens to the emulator meanwhile renders the input again.
  const [typed, setTyped] = useState(null);
  useEffect(() => setTyped(null), [value]);
  const commit = async (event) => {
    const text = event.target.value.trim();
    const changed = text !== "" && text !== String(value);
    if (!changed || (await onCommit(text)) === null) setTyped(null);
  };
  return html`<input ...${others} value=${typed ?? value} onInput=${(event) => setTyped(event.target.value)}
    onChange=${commit} />`;
}
