/** A labelled input of a form. */
import { html } from "../html.js";

/** `onText` gets the new text; everything else goes to the input. */
export function Field({ label, value, onText, ...others }) {
  return html`<label class="field">
    <span>${label}</span>
    <input value=${value} onInput=${(event) => onText(event.target.value)} ...${others} />
  </label>`;
}

/** @param {{options: [string, string][]}} properties values and what they are called */
export function Choice({ label, value, options, onText, ...others }) {
  return html`<label class="field">
    <span>${label}</span>
    <select value=${value} onChange=${(event) => onText(event.target.value)} ...${others}>
      ${options.map(([key, name]) => html`<option value=${key} selected=${key === value}>${name}</option>`)}
    </select>
  </label>`;
}
