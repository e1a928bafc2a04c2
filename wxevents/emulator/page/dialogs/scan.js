/** Scanning a code: typed, pasted, or read from a picture of one. */
import { html, useState } from "../html.js";
import { useTexts } from "../i18n.js";
import { Dialog } from "./dialog.js";
import { Choice, Field } from "./field.js";

/** What BarcodeDetector calls a code, and what the platform does. */
const SYMBOLOGIES = {
  ean_13: "EAN_13",
  ean_8: "EAN_8",
  upc_a: "UPC_A",
  upc_e: "UPC_E",
  code_39: "CODE_39",
  code_93: "CODE_93",
  code_128: "CODE_128",
  itf: "ITF",
  codabar: "CODABAR",
};
const SAMPLES = [
  ["scan_sample_link", { result: "https://www.example.com/", type: "qrcode" }],
  ["scan_sample_product", { result: "4006381333931", type: "barcode", symbology: "EAN_13" }],
];

/** @param {{onConfirm: (scan: object) => void, onCancel: () => void}} properties */
export function ScanDialog({ onConfirm, onCancel }) {
  const t = useTexts();
  const [scan, setScan] = useState({ result: "", type: "qrcode", symbology: "EAN_13" });
  const [trouble, setTrouble] = useState(null);
  const set = (fields) => setScan({ ...scan, ...fields });
  const read = async (event) => {
    const found = await codeIn(event.target.files[0]);
    setTrouble(found.trouble ?? null);
    if (found.scan) set(found.scan);
  };
  return html`<${Dialog}
    name=${t("dialog_scan")}
    testid="scan-dialog"
    ready=${scan.result !== ""}
    onConfirm=${() => onConfirm(asked(scan))}
    onCancel=${onCancel}
  >
    <div class="viewfinder" aria-hidden="true"><i /></div>
    <${Field} label=${t("scan_content")} data-first data-testid="scan-result" autocomplete="off"
      value=${scan.result} onText=${(result) => set({ result })} />
    <div class="fields">
      <${Choice} label=${t("scan_type")} data-testid="scan-type" value=${scan.type} onText=${(type) => set({ type })}
        options=${[["qrcode", t("scan_qrcode")], ["barcode", t("scan_barcode")]]} />
      ${
        scan.type === "barcode" &&
        html`<${Choice} label=${t("scan_symbology")} data-testid="scan-symbology" value=${scan.symbology}
          onText=${(symbology) => set({ symbology })}
          options=${Object.values(SYMBOLOGIES).map((name) => [name, name])} />`
      }
    </div>
    <div class="samples">
      <span class="hint">${t("scan_samples")}</span>
      ${SAMPLES.map(
        ([name, sample]) =>
          html`<button type="button" class="button small" onClick=${() => set(sample)}>${t(name)}</button>`,
      )}
    </div>
    <label class="button file-button">
      ${t("scan_picture")}
      <input type="file" accept="image/*" data-testid="scan-file" onChange=${read} />
    </label>
    ${trouble && html`<p class="hint warning" role="status">${t(trouble)}</p>`}
  <//>`;
}

/** What a tap is sent with: a QR code has no symbology. */
function asked({ result, type, symbology }) {
  return type === "barcode" ? { result, type, symbology } : { result, type };
}

/** @returns {Promise<{scan?: object, trouble?: string}>} the code in a picture, or a text's key */
async function codeIn(file) {
  if (!file) return {};
  if (!("BarcodeDetector" in window)) return { trouble: "scan_no_detector" };
  try {
    const [code] = await new BarcodeDetector().detect(await createImageBitmap(file));
    if (!code) return { trouble: "scan_nothing_found" };
    const symbology = SYMBOLOGIES[code.format];
    const kind = symbology ? { type: "barcode", symbology } : { type: "qrcode" };
    return { scan: { result: code.rawValue, ...kind } };
  } catch {
    return { trouble: "scan_no_detector" }; // some builds have the class and nothing behind it
  }
}
