/** Choosing a place: on the map, from the list, or by its coordinates. */
import { html, useState } from "../html.js";
import { useTexts } from "../i18n.js";
import { Dialog } from "./dialog.js";
import { Field } from "./field.js";
import { PlaceMap } from "./map.js";
import { PLACES } from "./places.js";

const SCALE = 16;

/**
 * @param {object} properties
 * @param {boolean} [properties.withPrecision] ask for the precision in place of the names, as for
 *   a location that is reported
 * @param {(place: object) => void} properties.onConfirm
 * @param {() => void} properties.onCancel
 */
export function PlaceDialog({ withPrecision = false, onConfirm, onCancel }) {
  const t = useTexts();
  const [place, setPlace] = useState({ ...PLACES[0], precision: 40 });
  const set = (fields) => setPlace({ ...place, ...fields });
  const number = (name, limit) => html`<${Field} label=${t(name)} type="number" step="any" min=${-limit} max=${limit}
    data-testid=${name} value=${place[name]} onText=${(text) => set({ [name]: text })} />`;
  return html`<${Dialog}
    name=${t("dialog_place")}
    testid="place-dialog"
    ready=${isDegrees(place.latitude, 90) && isDegrees(place.longitude, 180)}
    onConfirm=${() => onConfirm(withPrecision ? report(place) : chosen(place))}
    onCancel=${onCancel}
  >
    <${PlaceMap} place=${place} onMove=${(coordinates) => set({ ...coordinates, label: "", poiname: "" })} />
    <label class="field">
      <span>${t("place_list")}</span>
      <select data-first data-testid="place-list" onChange=${(event) => set(PLACES[event.target.value] ?? {})}>
        ${PLACES.map(
          (one, index) =>
            html`<option value=${index} selected=${one.poiname === place.poiname}>${one.poiname} · ${one.label}</option>`,
        )}
        <option value="" selected=${!PLACES.some((one) => one.poiname === place.poiname)}>–</option>
      </select>
    </label>
    <div class="fields">${number("latitude", 90)} ${number("longitude", 180)}</div>
    ${
      withPrecision
        ? html`<${Field} label=${t("precision")} type="number" min="0" step="any" data-testid="precision"
            value=${place.precision} onText=${(precision) => set({ precision })} />`
        : html`<div class="fields">
            <${Field} label=${t("place_poiname")} data-testid="poiname" value=${place.poiname} onText=${(poiname) => set({ poiname })} />
            <${Field} label=${t("place_label")} data-testid="label" value=${place.label} onText=${(label) => set({ label })} />
          </div>`
    }
  <//>`;
}

function chosen({ latitude, longitude, label, poiname }) {
  return { latitude: Number(latitude), longitude: Number(longitude), scale: SCALE, label, poiname };
}

function report({ latitude, longitude, precision }) {
  return {
    latitude: Number(latitude),
    longitude: Number(longitude),
    precision: Number(precision),
  };
}

function isDegrees(text, limit) {
  return text !== "" && Math.abs(Number(text)) <= limit;
}
