/** One user's phone with the chat of the account on it. */
import { html, useEffect, useState } from "./html.js";
import { act, openChat } from "./api.js";
import { Chat } from "./chat.js";
import { BottomBar } from "./bottom-bar.js";
import { Icon } from "./icons.js";
import { useTexts } from "./i18n.js";
import { warn } from "./notices.js";
import { PhoneDialogs } from "./phone-dialogs.js";
import { Popup } from "./popup.js";
import { emulatorTime } from "./store.js";
import { clockTime, useTicks } from "./times.js";

const CLOCK_MS = 5000;

/** @param {{user: object, state: object}} properties */
export function Phone({ user, state }) {
  const t = useTexts();
  const [question, setQuestion] = useState(null);
  useEffect(() => openChat(user.openid), [user.openid]);
  const tap = async (path) => {
    const answer = await act(user.openid, "tap", { path });
    const did = answer?.did;
    if (did?.kind === "needs") setQuestion({ for: "tap", what: did.what, sources: did.sources ?? [], path });
    if (did?.kind === "nothing") warn(did.why);
  };
  const say = (text, menuId) => {
    act(user.openid, "say", menuId === undefined ? { text } : { text, menu_id: menuId });
  };
  return html`<section class="phone" aria-label=${t("phone_of", { name: user.name })} data-testid="phone-${user.openid}">
    <${StatusBar} user=${user} />
    <${TitleBar} user=${user} account=${state.account} onAsk=${setQuestion} />
    <${Chat} user=${user} account=${state.account} messages=${state.chats[user.openid] ?? []} onSay=${say} />
    <${MenuHint} user=${user} />
    <${BottomBar} user=${user} onTap=${tap} onSay=${say} onAsk=${setQuestion} />
    <${PhoneDialogs} openid=${user.openid} question=${question} onQuestion=${setQuestion} />
  </section>`;
}

function StatusBar({ user }) {
  useTicks(CLOCK_MS);
  return html`<div class="status-bar" aria-hidden="true">
    <span>${clockTime(emulatorTime())}</span>
    <span>${user.name}</span>
  </div>`;
}

function TitleBar({ user, account, onAsk }) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  const name = t("phone_menu", { name: user.name });
  return html`<header class="title-bar">
    <h2>
      ${user.typing ? html`<span data-testid="typing" role="status">${t("typing")}</span>` : account.name}
    </h2>
    <div class="title-menu">
      <button class="icon-button" aria-label=${name} title=${name} aria-haspopup="menu" aria-expanded=${open}
        data-testid="phone-menu" onClick=${() => setOpen(!open)}><${Icon} name="more" /></button>
      ${open && html`<${Popup} name=${name} items=${userActions(user, t, onAsk)} onClose=${close} />`}
    </div>
  </header>`;
}

const pullMenu = (openid) => act(openid, "open", { refresh: true });

function userActions(user, t, onAsk) {
  const { openid } = user;
  const following = [
    { key: "report", label: t("report_location"), act: () => onAsk({ for: "report", what: "place" }) },
    { key: "unfollow", label: t("unfollow"), act: () => act(openid, "unfollow") },
  ];
  const stranger = [{ key: "follow", label: t("follow"), act: () => act(openid, "follow") }];
  return [
    { key: "open", label: t("pull_menu"), act: () => pullMenu(openid) },
    { key: "scene", label: t("follow_with_scene"), act: () => onAsk({ for: "scan", what: "scene" }) },
    ...(user.subscribed ? following : stranger),
  ];
}

function MenuHint({ user }) {
  const t = useTexts();
  if (!user.subscribed) return null;
  if (user.menu_outdated) {
    return html`<p class="phone-hint">
      ${t("menu_outdated")}
      ${" "}
      <button class="text-link" data-testid="pull-menu" onClick=${() => pullMenu(user.openid)}>${t("pull_now")}</button>
    </p>`;
  }
  return user.menu ? null : html`<p class="phone-hint">${t("no_menu")}</p>`;
}
