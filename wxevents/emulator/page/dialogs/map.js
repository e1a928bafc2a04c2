/** A small map without a network: the middle of Shanghai, drawn by hand and not to be walked by. */
import { html } from "../html.js";
import { useTexts } from "../i18n.js";
import { isOnMap, MAP, placeAt, PLACES, pointOf } from "./places.js";

const STREETS = [
  "M0 52L130 46 196 40",
  "M0 104L120 100 214 96",
  "M0 158L110 154 200 160",
  "M44 0L50 210",
  "M108 0L112 118 104 210",
  "M160 0L164 210",
  "M292 0L270 66 300 120 360 134",
  "M258 210L276 140 300 120",
  "M270 66L360 40",
];
const PARKS = ["M88 108h36v26H88z", "M306 78l34-8 10 24-36 8z", "M12 172h26v26H12z"];
const RIVER = "M214 0C206 26 238 34 240 58S214 92 212 118s24 38 22 92";
/** How far an arrow key moves the pin, in the drawing's units. */
const STEP = 4;
const ARROWS = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** @param {{place: object, onMove: (coordinates: object) => void}} properties */
export function PlaceMap({ place, onMove }) {
  const t = useTexts();
  const pin = pointOf(place);
  const click = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * MAP.width;
    onMove(placeAt(x, ((event.clientY - box.top) / box.height) * MAP.height));
  };
  const key = (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    onMove(placeAt(pin.x + arrow[0], pin.y + arrow[1]));
  };
  return html`<svg class="map" viewBox="0 0 ${MAP.width} ${MAP.height}" tabindex="0" role="application"
    aria-label=${t("place_map")} data-testid="map" onClick=${click} onKeyDown=${key}>
    <rect class="land" width=${MAP.width} height=${MAP.height} />
    ${PARKS.map((park) => html`<path class="park" d=${park} />`)}
    ${STREETS.map((street) => html`<path class="street" d=${street} />`)}
    <path class="river" d=${RIVER} />
    ${PLACES.filter(isOnMap).map((one) => {
      const { x, y } = pointOf(one);
      return html`<g class="poi"><circle cx=${x} cy=${y} r="2.500" /><text x=${x + 5} y=${y + 4}>${one.poiname}</text></g>`;
    })}
    ${
      isOnMap(place) &&
      html`<path class="pin" d="M0 0c-4-7-8-10-8-15a8 8 0 0 1 16 0c0 5-4 8-8 15z" transform="translate(${pin.x} ${pin.y})" />`
    }
  </svg>`;
}
