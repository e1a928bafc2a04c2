/** The square picture of a user or of the account: the first letter on a colour of its own. */
import { html } from "./html.js";

const COLOURS = 8;

/**
 * @param {object} properties
 * @param {string} properties.name
 * @param {string} properties.identity
 * @param {boolean} [properties.small]
 * @param {boolean} [properties.named] whether nothing beside it tells the name
 */
export function Avatar({ name, identity, small = false, named = false }) {
  const [first = "?"] = name || identity;
  const meaning = named ? { role: "img", "aria-label": name } : { "aria-hidden": "true" };
  // The letter is no text of the page: copied chats and screen readers do without.
  const looks = `avatar colour-${colour(identity)} ${small ? "small" : ""}`;
  return html`<span class=${looks} data-letter=${first.toUpperCase()} ...${meaning} />`;
}

function colour(identity) {
  let sum = 0;
  for (const letter of identity) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return sum % COLOURS;
}
