/** The users of the emulator: who they are, what they carry, and the tags of the account. */
import { html, useState } from "./html.js";
import { Avatar } from "./avatar.js";
import { send, userPath } from "./api.js";
import { CommittedInput } from "./committed-input.js";
import { ConfirmDialog } from "./dialogs/confirm.js";
import { Choice } from "./dialogs/field.js";
import { Icon } from "./icons.js";
import { useTexts } from "./i18n.js";
import { TagList, UserTags } from "./user-tags.js";

const PLATFORMS = ["ios", "android", "others"];

/** @param {{state: object, onShow: (openid: string) => void}} properties */
export function Users({ state, onShow }) {
  const t = useTexts();
  return html`<div class="panel-page">
    <section>
      <h3>${t("tab_users")}</h3>
      ${state.users.map((user) => html`<${UserCard} key=${user.openid} ...${{ user, tags: state.tags, onShow }} />`)}
      <${NewUser} onShow=${onShow} />
    </section>
    <section>
      <h3>${t("tags_title")}</h3>
      <${TagList} tags=${state.tags} />
    </section>
  </div>`;
}

function UserCard({ user, tags, onShow }) {
  const t = useTexts();
  const [deleting, setDeleting] = useState(false);
  const change = (fields) => send("PATCH", userPath(user.openid), fields);
  const remove = () => {
    setDeleting(false);
    send("DELETE", userPath(user.openid), {});
  };
  const show = t("show_user", { name: user.name });
  return html`<article class="user-card" data-testid="edit-${user.openid}">
    <header>
      <button class="member" aria-label=${show} title=${show} onClick=${() => onShow(user.openid)}>
        <${Avatar} name=${user.name} identity=${user.openid} />
      </button>
      <code class="quiet grow">${user.openid}</code>
      <label class="check" title=${t("user_following_hint")}>
        <input type="checkbox" data-testid="subscribed" checked=${user.subscribed}
          onChange=${(event) => change({ subscribed: event.target.checked })} />
        ${t("user_following")}
      </label>
      <button class="button small danger" data-testid="delete" onClick=${() => setDeleting(true)}>${t("delete")}</button>
    </header>
    <div class="fields">
      <${CommittedText} label=${t("user_name")} testid="name" value=${user.name} onCommit=${(name) => change({ name })} />
      <${Choice} label=${t("user_platform")} data-testid="platform" value=${user.platform}
        options=${PLATFORMS.map((platform) => [platform, t(`platform_${platform}`)])}
        onText=${(platform) => change({ platform })} />
      <${CommittedText} label=${t("user_version")} testid="client-version" value=${user.client_version}
        onCommit=${(version) => change({ client_version: version })} />
    </div>
    <${UserTags} user=${user} tags=${tags} onChange=${(ids) => change({ tags: ids })} />
    ${
      deleting &&
      html`<${ConfirmDialog} question=${t("delete_user", { name: user.name })} onConfirm=${remove}
        onCancel=${() => setDeleting(false)} />`
    }
  </article>`;
}

function CommittedText({ label, testid, value, onCommit }) {
  return html`<label class="field">
    <span>${label}</span>
    <${CommittedInput} data-testid=${testid} value=${value} onCommit=${onCommit} />
  </label>`;
}

function NewUser({ onShow }) {
  const t = useTexts();
  const [name, setName] = useState("");
  const add = async (event) => {
    event.preventDefault();
    const user = await addUser(name.trim());
    if (!user) return;
    setName("");
    onShow(user.openid);
  };
  return html`<form class="inline-form" onSubmit=${add}>
    <input aria-label=${t("user_name")} placeholder=${t("new_user")} data-testid="new-user-name" value=${name}
      onInput=${(event) => setName(event.target.value)} />
    <button type="submit" class="button" data-testid="add-user"><${Icon} name="plus" size="14" /> ${t("add_user")}</button>
  </form>`;
}

/** Somebody new; the emulator invents what is not given. */
export function addUser(name = "") {
  return send("POST", "/emulator/users", name ? { name } : {});
}
