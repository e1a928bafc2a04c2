/** Names of buttons as a phone shows them. */

/** Chinese characters that are shown: of a button on the bar, of one in a column. */
export const BAR_CHARACTERS = 4;
export const COLUMN_CHARACTERS = 7;

const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/**
 * The name, cut where the phone cuts it. Latin letters count half.
 * @param {string} name
 * @param {number} characters how many Chinese characters there is room for
 */
export function shortened(name, characters) {
  let shown = "";
  let width = 0;
  for (const { segment } of letters.segment(name)) {
    width += WIDE.test(segment) ? 2 : 1;
    if (width > characters * 2) return `${shown}…`;
    shown += segment;
  }
  return shown;
}
