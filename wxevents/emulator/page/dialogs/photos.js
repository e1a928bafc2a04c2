/** Taking or choosing photographs: samples, or files of one's own. */
import { html, useState } from "../html.js";
import { useTexts } from "../i18n.js";
import { Dialog } from "./dialog.js";

const SAMPLES = ["cat", "sea", "receipt"];

/**
 * @param {object} properties
 * @param {boolean} properties.several whether more than one may be chosen
 * @param {(photos: object[]) => void} properties.onConfirm
 * @param {() => void} properties.onCancel
 */
export function PhotosDialog({ several, onConfirm, onCancel }) {
  const t = useTexts();
  const [photos, setPhotos] = useState([]);
  const toggle = (photo) => setPhotos(toggled(photos, photo, several));
  const pick = async (event) => {
    const files = await Promise.all([...event.target.files].map(asPhoto));
    setPhotos(several ? [...photos, ...files] : files.slice(-1));
    event.target.value = ""; // so that the same file can be picked once more
  };
  const files = photos.filter((photo) => photo.name);
  return html`<${Dialog}
    name=${t("dialog_photos")}
    testid="photos-dialog"
    onConfirm=${() => onConfirm(photos)}
    onCancel=${onCancel}
  >
    ${!several && html`<p class="hint">${t("photos_sent_as_taken")}</p>`}
    <div class="hint">${t("photos_samples")}</div>
    <div class="photos">
      ${SAMPLES.map((sample) => {
        const index = photos.findIndex((photo) => photo.sample === sample);
        return html`<button type="button" class="photo" aria-pressed=${index >= 0} data-testid="sample-${sample}"
          onClick=${() => toggle({ sample })}>
          <img src="/page/samples/${sample}.svg" alt="" />
          <span>${t(`sample_${sample}`)}</span>
          ${index >= 0 && html`<b aria-hidden="true">${index + 1}</b>`}
        </button>`;
      })}
    </div>
    ${files.length > 0 && html`<div class="hint">${t("photos_files")}</div>`}
    <div class="photos">
      ${files.map(
        (photo) => html`<button type="button" class="photo" aria-pressed="true" title=${photo.name}
          onClick=${() => toggle(photo)}>
          <img src=${`data:${photo.type};base64,${photo.data}`} alt="" />
          <span>${photo.name}</span>
          <b aria-hidden="true">${photos.indexOf(photo) + 1}</b>
        </button>`,
      )}
    </div>
    <label class="button file-button">
      ${t("photos_pick")}
      <input type="file" accept="image/*" multiple=${several} data-testid="photos-file" onChange=${pick} />
    </label>
    <p class="hint" role="status">${t("photos_count", { count: photos.length })}</p>
  <//>`;
}

/** The platform's own photos: a sample's name, or a file's name and content. */
export function sent({ sample, name, data }) {
  return sample ? { sample } : { name, data };
}

function toggled(photos, photo, several) {
  const others = photos.filter((one) => one !== photo && !(photo.sample && one.sample === photo.sample));
  if (others.length < photos.length) return others;
  return several ? [...photos, photo] : [photo];
}

function asPhoto(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () => {
      const data = reader.result.slice(reader.result.indexOf(",") + 1);
      resolve({ name: file.name, type: file.type || "image/jpeg", data });
    };
    reader.readAsDataURL(file);
  });
}
