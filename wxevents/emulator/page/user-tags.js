/** The tags of a user, in the order in which they were applied, and those of the account. */
import { html, useState } from "./html.js";
import { send } from "./api.js";
import { useTexts } from "./i18n.js";

/** @param {{user: object, tags: object[], onChange: (ids: number[]) => void}} properties */
export function UserTags({ user, tags, onChange }) {
  const t = useTexts();
  const names = new Map(tags.map((tag) => [tag.id, tag.name]));
  const others = tags.filter((tag) => !user.tags.includes(tag.id));
  const add = (event) => {
    const id = Number(event.target.value);
    event.target.value = "";
    onChange([...user.tags, id]);
  };
  return html`<div class="user-tags">
    <span class="hint">${t("user_tags")}</span>
    ${user.tags.map((id) => {
      const name = names.get(id) ?? id;
      return html`<span class="chip" key=${id}>
        ${name}
        <button class="chip-remove" aria-label=${t("user_tag_remove", { tag: name })}
          onClick=${() => onChange(user.tags.filter((one) => one !== id))}>✕</button>
      </span>`;
    })}
    ${
      others.length > 0 &&
      html`<select aria-label=${t("user_tag_add")} data-testid="add-tag" value="" onChange=${add}>
        <option value="" selected>+ ${t("user_tag_add")}</option>
        ${others.map((tag) => html`<option value=${tag.id}>${tag.name}</option>`)}
      </select>`
    }
  </div>`;
}

export function TagList({ tags }) {
  const t = useTexts();
  const [name, setName] = useState("");
  const add = async (event) => {
    event.preventDefault();
    if (await send("POST", "/emulator/tags", { name: name.trim() })) setName("");
  };
  return html`
    <ul class="tag-list">
      ${tags.map(
        (tag) => html`<li key=${tag.id}>
          <span class="chip">${tag.name}</span>
          <span class="quiet">${tag.id} · ${t("tag_count", { count: tag.count })}</span>
        </li>`,
      )}
    </ul>
    <form class="inline-form" onSubmit=${add}>
      <input aria-label=${t("new_tag")} placeholder=${t("new_tag")} data-testid="new-tag-name" required value=${name}
        onInput=${(event) => setName(event.target.value)} />
      <button type="submit" class="button" data-testid="add-new-tag">${t("add")}</button>
    </form>
  `;
}
