/** Dialogs that only ask for a few texts. */
import { html, useState } from "../html.js";
import { useTexts } from "../i18n.js";
import { Dialog } from "./dialog.js";
import { Field } from "./field.js";

/** What each form asks for: [field, key of its label, first value, further properties]. */
export const FORMS = {
  voice: {
    title: "send_voice",
    fields: [["recognition", "voice_recognition", "", {}]],
  },
  link: {
    title: "send_link",
    fields: [
      ["title", "link_title", "", { required: true }],
      ["description", "link_description", "", {}],
      ["url", "link_url", "https://", { type: "url", required: true }],
    ],
  },
  scene: {
    title: "follow_with_scene",
    hint: "scene_hint",
    fields: [["scene", "scene", "", { required: true }]],
  },
};

/** @param {{form: keyof FORMS, onConfirm: (values: object) => void, onCancel: () => void}} properties */
export function FormDialog({ form, onConfirm, onCancel }) {
  const t = useTexts();
  const { title, hint, fields } = FORMS[form];
  const [values, setValues] = useState(
    Object.fromEntries(fields.map(([name, , first]) => [name, first])),
  );
  return html`<${Dialog}
    name=${t(title)}
    testid="${form}-dialog"
    onConfirm=${() => onConfirm(filled(values))}
    onCancel=${onCancel}
  >
    ${hint && html`<p class="hint">${t(hint)}</p>`}
    ${fields.map(
      ([name, label, , properties]) =>
        html`<${Field} label=${t(label)} data-testid=${name} autocomplete="off" value=${values[name]}
          onText=${(text) => setValues({ ...values, [name]: text })} ...${properties} />`,
    )}
  <//>`;
}

/** What was left empty is not sent at all: the voice message nobody recognised has no such text. */
function filled(values) {
  return Object.fromEntries(Object.entries(values).filter(([, text]) => text !== ""));
}
