/** What each kind of message looks like. Everything in it is text to the page, never markup. */
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { useTexts } from "./i18n.js";
import { LinkedText, OutLink } from "./linked-text.js";
import { safeLink } from "./links.js";
import { Player, Picture, Video } from "./media.js";
import { PlaceSketch } from "./place-sketch.js";

function Text({ message, onSay }) {
  return html`<${LinkedText} segments=${message.segments} onSay=${onSay} />`;
}

function Image({ message }) {
  const t = useTexts();
  return html`<${Picture} class="chat-picture" address=${message.url} alt=${t("picture")} />`;
}

function Voice({ message }) {
  const t = useTexts();
  return html`<div class="voice">
    <${Player} address=${message.url} label=${t("voice")} icon="sound" />
    ${message.recognition && html`<p class="aside">${t("recognised", { text: message.recognition })}</p>`}
  </div>`;
}

function Film({ message }) {
  return html`<div class="film">
    <${Video} address=${message.url} label=${message.title || message.kind} />
    ${message.title && html`<strong>${message.title}</strong>`}
    ${message.description && html`<p class="aside">${message.description}</p>`}
  </div>`;
}

function Music({ message }) {
  return html`<div class="music">
    ${message.thumb_url && html`<${Picture} class="music-cover" address=${message.thumb_url} alt="" />`}
    <div class="grow">
      <strong>${message.title}</strong>
      <p class="aside">${message.description}</p>
    </div>
    <${Player} address=${message.hq_url || message.url} label=${message.title} icon="play" />
  </div>`;
}

function News({ message }) {
  const [first, ...others] = message.articles;
  if (!first) return html`<div class="news" />`;
  const alone = others.length === 0;
  return html`<div class="news">
    <${OutLink} class="news-first" address=${first.url}>
      ${first.pic_url && html`<${Picture} class="news-picture" address=${first.pic_url} alt="" />`}
      <strong class=${!alone && first.pic_url ? "on-picture" : ""}>${first.title}</strong>
      ${alone && first.description && html`<p class="aside">${first.description}</p>`}
    <//>
    ${others.map(
      (article, index) => html`<${OutLink} key=${index} class="news-other" address=${article.url}>
        <span>${article.title}</span>
        ${article.pic_url && html`<${Picture} class="news-thumb" address=${article.pic_url} alt="" />`}
      <//>`,
    )}
  </div>`;
}

function MessageMenu({ message, onSay }) {
  return html`<div class="message-menu">
    <p>${message.head}</p>
    ${message.options.map(
      (option) =>
        html`<button class="text-link" key=${option.id} onClick=${() => onSay(option.text, option.id)}>${option.text}</button>`,
    )}
    <p>${message.tail}</p>
  </div>`;
}

function Location({ message }) {
  const { latitude, longitude, label, poiname } = message;
  return html`<div class="location">
    <strong>${poiname || label || `${latitude}, ${longitude}`}</strong>
    <p class="aside">${poiname && label ? `${label} · ` : ""}${latitude}, ${longitude}</p>
    <${PlaceSketch} latitude=${latitude} longitude=${longitude} />
  </div>`;
}

function Link({ message }) {
  return html`<${OutLink} class="link-card" address=${message.url}>
    <strong>${message.title}</strong>
    <span class="row">
      <span class="aside grow">${message.description || message.url}</span>
      <span class="thumb"><${Icon} name="link" /></span>
    </span>
  <//>`;
}

function MiniProgram({ message }) {
  const t = useTexts();
  return html`<div class="mini-program" title="${message.appid} ${message.path ?? ""}">
    <span class="aside"><${Icon} name="miniprogram" size="13" /> ${message.appid}</span>
    <strong>${message.title}</strong>
    ${
      message.thumb_url
        ? html`<${Picture} class="mini-picture" address=${message.thumb_url} alt="" />`
        : html`<span class="mini-picture empty"><${Icon} name="miniprogram" size="40" /></span>`
    }
    <span class="aside foot"><${Icon} name="miniprogram" size="12" /> ${t("mini_program")}</span>
  </div>`;
}

function Card({ message }) {
  const t = useTexts();
  return html`<div class="card"><strong>${t("card")}</strong><code>${message.card_id}</code></div>`;
}

function Notice({ message }) {
  return html`<span class="system-text">${message.text}</span>`;
}

function Receiving() {
  const t = useTexts();
  return html`<span class="system-text receiving"><i class="dots" aria-hidden="true" />${t("receiving")}</span>`;
}

const OPENED_ICONS = { url: "link", miniprogram: "miniprogram", scan: "scan" };

function Opened({ message }) {
  const t = useTexts();
  const { what, target } = message;
  const address = what === "miniprogram" ? null : safeLink(target);
  return html`<div class="opened" data-what=${what}>
    <span class="aside"><${Icon} name=${OPENED_ICONS[what] ?? "link"} size="14" /> ${t(`opened_${what}`)}</span>
    ${address ? html`<${OutLink} address=${address}>${target}<//>` : html`<span>${target}</span>`}
  </div>`;
}

export function UnknownContent({ message }) {
  const t = useTexts();
  return html`<span class="system-text">${t("unknown_kind", { kind: message.kind })}</span>`;
}

export const CONTENTS = {
  text: Text,
  image: Image,
  voice: Voice,
  video: Film,
  shortvideo: Film,
  music: Music,
  news: News,
  menu: MessageMenu,
  location: Location,
  link: Link,
  miniprogram: MiniProgram,
  card: Card,
  notice: Notice,
  receiving: Receiving,
  opened: Opened,
};
