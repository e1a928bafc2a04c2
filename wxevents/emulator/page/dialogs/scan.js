/** Scanning a code: typed, pasted, or read from a picture of one. */
import { html, useState } from "../html.js";
import { useTexts } from "../i18n.js";
import { SYMBOLOGIES, codeIn } from "./code-reader.js";
import { Dialog } from "./dialog.js";
import { Choice, Field } from "./field.js";

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
