/** One message of a chat: on the side of who sent it, or in the middle if the phone shows it. */
import { Avatar } from "./avatar.js";
import { CONTENTS, UnknownContent } from "./message-contents.js";
import { html } from "./html.js";
import { useTexts } from "./i18n.js";

/** Kinds that fill the width of the chat and carry no picture of the sender. */
const WIDE = ["news"];
/** Kinds that are no bubble but bring their own frame. */
const FRAMED = ["image", "video", "shortvideo", "music", "news", "location", "link", "miniprogram", "card"];

export function Message({ message, user, account, onSay }) {
  const t = useTexts();
  const { kind, from, via } = message;
  const Content = CONTENTS[kind] ?? UnknownContent;
  const content = html`<${Content} message=${message} onSay=${onSay} />`;
  const title = via && via !== "reply" ? t(`via_${via}`) : undefined;
  const marks = { "data-kind": kind, "data-from": from, "data-id": message.id, title };
  if (from === "system") return html`<div class="message system" ...${marks}>${content}</div>`;
  if (WIDE.includes(kind)) return html`<div class="message wide" ...${marks}>${content}</div>`;
  const sender = from === "user" ? user.name : account.name;
  const identity = from === "user" ? user.openid : account.account_id;
  return html`<div class="message ${from}" ...${marks}>
    <${Avatar} name=${sender} identity=${identity} named />
    <div class=${FRAMED.includes(kind) ? "framed" : "bubble"}>${content}</div>
  </div>`;
}
