/** Pictures, sounds and films of messages, from wherever the bot says they are. */
import { html, useRef, useState } from "./html.js";
import { Icon } from "./icons.js";
import { useTexts } from "./i18n.js";
import { safeMedia } from "./links.js";

/** The host of a picture is not told where it is shown, as little as by the phone. */
export function Picture({ address, alt, ...others }) {
  const t = useTexts();
  const [failed, setFailed] = useState(null);
  const source = safeMedia(address);
  if (!source || failed === source) {
    return html`<span ...${others} role="img" aria-label=${t("picture_missing")} title=${t("picture_missing")}>
      <span class="missing"><${Icon} name="picture" size="26" /></span>
    </span>`;
  }
  return html`<img src=${source} alt=${alt} referrerpolicy="no-referrer" onError=${() => setFailed(source)} ...${others} />`;
}

/** A button that plays a sound and stops it. */
export function Player({ address, label, icon }) {
  const t = useTexts();
  const audio = useRef(null);
  const [state, setState] = useState("paused");
  const source = safeMedia(address);
  const toggle = () => {
    if (state === "playing") audio.current.pause();
    else if (!source) setState("failed");
    else audio.current.play().catch(() => setState("failed"));
  };
  const playing = state === "playing";
  return html`<button class="player ${state}" aria-pressed=${playing}
    aria-label="${t(playing ? "pause" : "play")}: ${label}" title=${state === "failed" ? t("unplayable") : null} onClick=${toggle}>
    <${Icon} name=${playing && icon === "play" ? "pause" : icon} />
    ${state === "failed" && html`<span class="aside">${t("unplayable")}</span>`}
    ${
      source &&
      html`<audio ref=${audio} src=${source} preload="none" onPlay=${() => setState("playing")}
        onPause=${() => setState("paused")} onEnded=${() => setState("paused")} />`
    }
  </button>`;
}

export function Video({ address, label }) {
  const t = useTexts();
  const source = safeMedia(address);
  if (!source) return html`<span class="missing">${t("unplayable")}</span>`;
  return html`<video src=${source} controls preload="metadata" aria-label=${label} />`;
}
