/** The little map under a location in the chat: a pattern and a pin, for any place of the world. */
import { html } from "./html.js";

const WIDTH = 220;
const HEIGHT = 96;

/** The streets are shifted by the coordinates, so that two places do not look alike. */
export function PlaceSketch({ latitude, longitude }) {
  const shift = Math.abs(Math.round((latitude * 37 + longitude * 53) * 10)) % 60;
  const streets = [-30, 40, 110, 180].map((x) => `M${x + shift} 0l24 ${HEIGHT}`).join("");
  return html`<svg class="place-sketch" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
    <rect class="land" width=${WIDTH} height=${HEIGHT} />
    <path class="park" d="M${150 - shift} 8h44v30h-44z" />
    <path class="street" d="M0 ${28 + shift / 4}h${WIDTH}M0 ${74 - shift / 4}h${WIDTH}${streets}" />
    <path class="pin" d="M0 0c-4-7-8-10-8-15a8 8 0 0 1 16 0c0 5-4 8-8 15z" transform="translate(${WIDTH / 2} ${HEIGHT / 2 + 8})" />
  </svg>`;
}
