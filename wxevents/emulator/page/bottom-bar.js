/** The bottom of a chat: the account's menu or the keyboard, whichever the switch says. */
import { html, useEffect, useRef, useState } from "./html.js";
import { act } from "./api.js";
import { Icon } from "./icons.js";
import { useTexts } from "./i18n.js";
import { MenuBar } from "./menu-bar.js";

/** What the panel behind "+" sends: [what, icon]. */
const PANEL = [
  ["picture", "picture"],
  ["voice", "microphone"],
  ["video", "video"],
  ["shortvideo", "shortvideo"],
  ["location", "pin"],
  ["link", "link"],
];
/** What has to be asked before it can be sent. */
const QUESTIONS = { picture: "photos", voice: "voice", location: "place", link: "link" };

export function BottomBar({ user, onTap, onSay, onAsk }) {
  const t = useTexts();
  const [typing, setTyping] = useState(false);
  const buttons = user.menu?.button ?? [];
  if (!user.subscribed) return html`<${FollowBar} user=${user} />`;
  if (buttons.length === 0) return html`<${Keyboard} user=${user} onSay=${onSay} onAsk=${onAsk} />`;
  const name = t(typing ? "to_menu" : "to_keyboard");
  const toggle = html`<button type="button" class="icon-button bar-switch" data-testid="keyboard" aria-label=${name} title=${name}
    aria-pressed=${typing} onClick=${() => setTyping(!typing)}>
    <${Icon} name=${typing ? "menu" : "keyboard"} size="24" />
  </button>`;
  if (typing) return html`<${Keyboard} user=${user} onSay=${onSay} onAsk=${onAsk} toggle=${toggle} focus />`;
  return html`<div class="bottom-bar">${toggle}<${MenuBar} buttons=${buttons} onTap=${onTap} /></div>`;
}

/** Somebody who does not follow can do nothing else in the chat. */
function FollowBar({ user }) {
  const t = useTexts();
  return html`<div class="bottom-bar follow-bar">
    <span>${t("not_following", { name: user.name })}</span>
    <button class="button primary" data-testid="follow" onClick=${() => act(user.openid, "follow")}>${t("follow")}</button>
  </div>`;
}

function Keyboard({ user, onSay, onAsk, toggle, focus = false }) {
  const t = useTexts();
  const [text, setText] = useState("");
  const [panel, setPanel] = useState(false);
  const input = useRef(null);
  useEffect(() => {
    if (focus) input.current.focus();
  }, []);
  const submit = (event) => {
    event.preventDefault();
    if (text.trim() === "") return;
    onSay(text);
    setText("");
  };
  return html`<div class="keyboard">
    <form class="bottom-bar" onSubmit=${submit}>
      ${toggle}
      <input class="message-input" ref=${input} aria-label=${t("message")} data-testid="message" autocomplete="off"
        value=${text} onInput=${(event) => setText(event.target.value)} />
      <button type="button" class="icon-button" data-testid="more" aria-label=${t("more")} title=${t("more")}
        aria-expanded=${panel} onClick=${() => setPanel(!panel)}><${Icon} name="plus" size="24" /></button>
      <button type="submit" class="button primary small" data-testid="send">${t("send")}</button>
    </form>
    ${panel && html`<${Panel} user=${user} onAsk=${onAsk} onClose=${() => setPanel(false)} />`}
  </div>`;
}

function Panel({ user, onAsk, onClose }) {
  const t = useTexts();
  const choose = (kind) => {
    const what = QUESTIONS[kind];
    if (what) onAsk({ for: "send", what });
    else act(user.openid, "send", { kind });
  };
  return html`<div class="panel" onKeyDown=${(event) => event.key === "Escape" && onClose()}>
    ${PANEL.map(
      ([kind, icon]) => html`<button type="button" key=${kind} data-testid="send-${kind}" onClick=${() => choose(kind)}>
        <span class="panel-icon"><${Icon} name=${icon} size="26" /></span>
        ${t(`send_${kind}`)}
      </button>`,
    )}
  </div>`;
}
