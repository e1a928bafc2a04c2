/** A chat: its messages with the times between them, scrolled to the newest. */
import { html, useEffect, useLayoutEffect, useRef } from "./html.js";
import { useTexts } from "./i18n.js";
import { Message } from "./message.js";
import { chatTime } from "./times.js";
import { emulatorTime } from "./store.js";

/** Seconds between two messages from which on the phone shows the time. */
const PAUSE = 300;

/**
 * @param {object} properties
 * @param {object} properties.user
 * @param {object} properties.account
 * @param {object[]} properties.messages
 * @param {(text: string, menuId?: string) => void} properties.onSay a tap that sends a text
 */
export function Chat({ user, account, messages, onSay }) {
  const t = useTexts();
  const element = useRef(null);
  const toEnd = () => {
    element.current.scrollTop = element.current.scrollHeight;
  };
  const last = messages[messages.length - 1];
  useLayoutEffect(toEnd, [user.openid, last?.id, messages.length]);
  useEffect(() => {
    const room = new ResizeObserver(toEnd); // the keyboard and hints take some of it
    room.observe(element.current);
    return () => room.disconnect();
  }, []);
  const now = emulatorTime();
  return html`<div class="chat" role="log" aria-label=${t("chat_with", { name: user.name })} tabindex="0"
    data-testid="chat-${user.openid}" ref=${element} onLoadCapture=${toEnd}>
    ${messages.length === 0 && html`<p class="chat-empty">${t("no_messages")}</p>`}
    ${messages.map((message, index) => {
      const before = messages[index - 1];
      const pause = !before || message.time - before.time > PAUSE;
      return [
        pause && html`<time key="time-${message.id}" class="chat-time">${chatTime(message.time, now)}</time>`,
        html`<${Message} key=${message.id} ...${{ message, user, account, onSay }} />`,
      ];
    })}
  </div>`;
}
