/** The phones side by side, and the choice of whose they are. */
import { html, useState } from "./html.js";
import { Avatar } from "./avatar.js";
import { Icon } from "./icons.js";
import { useTexts } from "./i18n.js";
import { Phone } from "./phone.js";
import { Popup } from "./popup.js";
import { Tabs } from "./tabs.js";
import { addUser } from "./users.js";

/**
 * @param {object} properties
 * @param {object} properties.state
 * @param {string|undefined} properties.chosen openid of the first phone's user
 * @param {string[]} properties.beside openids of the further ones
 * @param {(openid: string) => void} properties.onChoose
 * @param {(openids: string[]) => void} properties.onBeside
 */
export function Phones({ state, chosen, beside, onChoose, onBeside }) {
  const t = useTexts();
  const { users } = state;
  const add = async () => {
    const user = await addUser();
    if (user) onChoose(user.openid);
  };
  if (users.length === 0) {
    return html`<div class="no-user">
      <p>${t("no_user")}</p>
      <button class="button primary" data-testid="add-first-user" onClick=${add}>${t("add_user")}</button>
    </div>`;
  }
  const shown = [chosen, ...beside.filter((openid) => openid !== chosen)];
  const toggle = (openid) =>
    onBeside(beside.includes(openid) ? beside.filter((one) => one !== openid) : [...beside, openid]);
  const tabs = users.map((user) => ({
    key: user.openid,
    testid: `user-${user.openid}`,
    label: html`<${Avatar} name=${user.name} identity=${user.openid} small />${user.name}`,
  }));
  const others = users.filter((user) => user.openid !== chosen);
  return html`<div class="phones-area">
    <div class="users-bar">
      <${Tabs} kind="users" name=${t("users_shown")} tabs=${tabs} chosen=${chosen} onChoose=${onChoose} />
      ${others.length > 0 && html`<${Beside} users=${others} beside=${beside} onToggle=${toggle} />`}
    </div>
    <div class="phones">
      ${shown
        .map((openid) => users.find((user) => user.openid === openid))
        .filter(Boolean)
        .map((user) => html`<${Phone} key=${user.openid} user=${user} state=${state} />`)}
    </div>
  </div>`;
}

/** The menu that puts further phones beside the first one, and away again. */
function Beside({ users, beside, onToggle }) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const items = users.map((user) => ({
    key: user.openid,
    testid: `beside-${user.openid}`,
    label: user.name,
    checked: beside.includes(user.openid),
    act: () => onToggle(user.openid),
  }));
  return html`<div class="beside">
    <button class="icon-button" data-testid="beside" aria-haspopup="menu" aria-expanded=${open} aria-label=${t("beside")}
      title=${t("beside")} onClick=${() => setOpen(!open)}><${Icon} name="beside" size="18" /></button>
    ${open && html`<${Popup} name=${t("beside")} items=${items} onClose=${() => setOpen(false)} />`}
  </div>`;
}
