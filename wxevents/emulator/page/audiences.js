/** Which menu somebody sees, for every combination of last tag and system; and the menus there are. */
import { html } from "./html.js";
import { Avatar } from "./avatar.js";
import { useTexts } from "./i18n.js";

const PLATFORMS = ["ios", "android", "others"];

/** @param {{state: object, onShow: (openid: string) => void}} properties */
export function Audiences({ state, onShow }) {
  const t = useTexts();
  return html`<div class="panel-page">
    <section>
      <h3>${t("audiences_title")}</h3>
      <p class="hint">${t("audiences_hint")}</p>
      <${AudienceTable} state=${state} onShow=${onShow} />
    </section>
    <section>
      <h3>${t("menus_title")}</h3>
      <${Menus} state=${state} />
    </section>
  </div>`;
}

function AudienceTable({ state, onShow }) {
  const t = useTexts();
  const tags = [...new Map(state.audiences.map((one) => [one.tag_id, one.tag])).entries()];
  return html`<div class="scroll-x">
    <table class="audiences" data-testid="audiences">
      <thead>
        <tr>
          <th scope="col">${t("last_tag")}</th>
          ${PLATFORMS.map((platform) => html`<th scope="col">${t(`platform_${platform}`)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${tags.map(
          ([id, tag]) => html`<tr key=${id}>
            <th scope="row">${tag || t("without_tag")}</th>
            ${PLATFORMS.map((platform) => {
              const audience = state.audiences.find((one) => one.tag_id === id && one.platform === platform);
              return html`<td key=${platform}><${Audience} ...${{ audience, state, onShow }} /></td>`;
            })}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function Audience({ audience, state, onShow }) {
  const t = useTexts();
  if (!audience) return null;
  const { tag_id: tag, platform } = audience;
  const members = state.users.filter(
    (user) => user.subscribed && user.last_tag_id === tag && user.platform === platform,
  );
  return html`<div class="audience" data-menu=${audience.menu_id ?? ""}>
    <${MenuName} menuId=${audience.menu_id} menus=${state.menus} />
    <${ButtonNames} buttons=${audience.button ?? []} />
    <div class="members">
      ${members.map((user) => {
        const name = t("show_user", { name: user.name });
        return html`<button key=${user.openid} class="member" aria-label=${name} title=${name} onClick=${() => onShow(user.openid)}>
          <${Avatar} name=${user.name} identity=${user.openid} small />
        </button>`;
      })}
    </div>
  </div>`;
}

/** The menu's colour is the same wherever it is named. */
function MenuName({ menuId, menus }) {
  const t = useTexts();
  const index = menus.conditional.findIndex((menu) => menu.menu_id === menuId);
  if (index >= 0) {
    return html`<span class="menu-name colour-${(index + 1) % 8}">${t("conditional_menu", { id: menuId })}</span>`;
  }
  if (menuId !== null || menus.website) return html`<span class="menu-name default">${t("default_menu")}</span>`;
  return html`<span class="menu-name none">${t("no_menu_short")}</span>`;
}

function ButtonNames({ buttons }) {
  return html`<ul class="button-names">
    ${buttons.map(
      (button, index) => html`<li key=${index} title=${(button.sub_button ?? []).map(({ name }) => name).join(" · ")}>
        ${button.name}${button.sub_button?.length > 0 && html` <span class="quiet">${button.sub_button.length}</span>`}
      </li>`,
    )}
  </ul>`;
}

function Menus({ state }) {
  const t = useTexts();
  const { menus } = state;
  const published = [...(menus.default ? [menus.default] : []), ...menus.conditional];
  return html`
    ${!menus.open && html`<p class="hint">${t("menu_closed")}</p>`}
    ${published.length === 0 && !menus.website && html`<p class="empty">${t("no_menu")}</p>`}
    <div class="menus">
      ${
        menus.website &&
        html`<article class="published">
          <span class="menu-name default">${t("default_menu")}</span> <span class="quiet">${t("website_menu")}</span>
          <${MenuTree} buttons=${menus.website.button} />
        </article>`
      }
      ${published.map(
        (menu) => html`<article class="published" key=${menu.menu_id}>
          <${MenuName} menuId=${menu.menu_id} menus=${menus} />
          ${" "}
          <span class="quiet">${ruleText(menu.matchrule, state.tags, t)}</span>
          <${MenuTree} buttons=${menu.button} />
        </article>`,
      )}
    </div>
  `;
}

function MenuTree({ buttons }) {
  return html`<ul class="menu-tree">
    ${buttons.map(
      (button, index) => html`<li key=${index}>
        <b>${button.name}</b> <${ButtonTarget} button=${button} />
        ${listed(button.sub_button).length > 0 && html`<${MenuTree} buttons=${listed(button.sub_button)} />`}
      </li>`,
    )}
  </ul>`;
}

function ButtonTarget({ button }) {
  const { type, key, url, media_id: media, article_id: article, pagepath, value } = button;
  if (!type) return null;
  return html`<span class="quiet">${type}</span> <code>${key ?? pagepath ?? url ?? media ?? article ?? value ?? ""}</code>`;
}

/** The website's menus have their sub-buttons in a `list`. */
const listed = (children) => children?.list ?? children ?? [];

function ruleText(rule, tags, t) {
  const fields = Object.entries(rule ?? {});
  if (fields.length === 0) return "";
  const named = fields.map(([field, value]) => {
    const tag = ["tag_id", "group_id"].includes(field) && tags.find(({ id }) => String(id) === String(value));
    return `${field} = ${tag ? tag.name : value}`;
  });
  return t("rule", { rule: named.join(", ") });
}
