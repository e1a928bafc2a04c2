/** Reading a code from a picture of one. */

/** What BarcodeDetector calls a bar code, and what the platform does. */
export const SYMBOLOGIES = {
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
/** Larger photographs are made smaller: a code that fills a tenth of them is still read. */
const MAX_SIDE = 1600;

let loading = null;

/** @returns {Promise<{scan?: object, trouble?: string}>} the code in a picture, or a text's key */
export async function codeIn(file) {
  if (!file) return {};
  try {
    const picture = await createImageBitmap(file);
    const scan = (await byBrowser(picture)) ?? (await byOurselves(picture));
    return scan ? { scan } : { trouble: "scan_nothing_found" };
  } catch {
    return { trouble: "scan_no_picture" };
  }
}

/** Codes of every kind, where the browser reads codes. */
async function byBrowser(picture) {
  if (!("BarcodeDetector" in window)) return null;
  try {
    const [code] = await new BarcodeDetector().detect(picture);
    if (!code) return null;
    const symbology = SYMBOLOGIES[code.format];
    return { result: code.rawValue, ...(symbology ? { type: "barcode", symbology } : { type: "qrcode" }) };
  } catch {
    return null; // some builds have the class and nothing behind it
  }
}

/** QR codes in every browser. */
async function byOurselves(picture) {
  const read = await qrReader();
  const scale = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height));
  const [width, height] = [Math.ceil(picture.width * scale), Math.ceil(picture.height * scale)];
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0, width, height);
  const code = read(context.getImageData(0, 0, width, height).data, width, height);
  return code ? { result: code.data, type: "qrcode" } : null;
}

/** Loaded when it is needed first, since it is larger than the rest of the page. */
function qrReader() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/page/vendor/jsQR.js";
    script.onload = () => resolve(window.jsQR);
    script.onerror = reject;
    document.head.append(script);
  });
  return loading;
}
