/** The deliveries of a push over time, each against the five seconds that the platform waits. */
import { html } from "./html.js";
import { useTexts } from "./i18n.js";
import { emulatorTime } from "./store.js";
import { duration, useTicks } from "./times.js";

/** Seconds that the platform waits for an answer. */
const PATIENCE = 5;
/** How much room there is behind the last line, in seconds. */
const MARGIN = 0.6;
const FRAME_MS = 100;

/** @param {{push: object}} properties */
export function Waterfall({ push }) {
  const { deliveries } = push;
  const running = deliveries.some((delivery) => delivery.seconds === null);
  useTicks(FRAME_MS, running);
  if (deliveries.length === 0) return null;
  const ends = deliveries.map((one) => one.offset + Math.max(PATIENCE, elapsed(one, push)));
  const scale = Math.max(...ends) + MARGIN;
  return html`<div class="waterfall">
    ${deliveries.map((delivery, index) => html`<${Delivery} key=${index} ...${{ delivery, push, scale }} />`)}
  </div>`;
}

function Delivery({ delivery, push, scale }) {
  const t = useTexts();
  const { attempt, offset, seconds, status, accepted, verdict } = delivery;
  const taken = seconds === null ? t("running") : duration(seconds);
  const percent = (value) => `${(value / scale) * 100}%`;
  const tone = seconds === null ? "busy" : accepted ? "good" : "bad";
  const label = t("delivery_label", { attempt, duration: taken, status: status ?? "–", verdict });
  const width = percent(elapsed(delivery, push));
  return html`<div class="delivery" role="img" aria-label=${label} title=${verdict} data-testid="delivery"
    data-accepted=${String(Boolean(accepted))}>
    <span class="delivery-attempt">${attempt}</span>
    <span class="track">
      <span class="patience" style=${{ left: percent(offset), width: percent(PATIENCE) }} title=${t("five_seconds")} />
      <span class="bar ${tone}" style=${{ left: percent(offset), width }} />
    </span>
    <span class="delivery-seconds">${taken}</span>
    <span class="delivery-status ${tone}">${status ?? "–"}</span>
  </div>`;
}

/** Seconds that a delivery took, or has taken until now. The clock may have been moved meanwhile. */
function elapsed({ offset, seconds }, push) {
  if (seconds !== null) return seconds;
  return Math.min(Math.max(emulatorTime() - push.time - offset, 0), PATIENCE + MARGIN / 2);
}
