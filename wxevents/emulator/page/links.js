/** Addresses that come from a bot: only what is harmless may be followed or loaded. */

const LINKS = ["http:", "https:"];
const MEDIA = ["http:", "https:"];

/** @returns {string|null} the address, if it may become a link */
export function safeLink(address) {
  return allowed(address, LINKS) && /^https?:/i.test(address.trim()) ? address.trim() : null;
}

/** @returns {string|null} the address, if a picture or sound may be loaded from it */
export function safeMedia(address) {
  if (/^data:(image|audio|video)\//i.test(address ?? "")) return address;
  return allowed(address, MEDIA) ? address : null;
}

function allowed(address, protocols) {
  if (!address) return false;
  try {
    return protocols.includes(new URL(address, location.href).protocol);
  } catch {
    return false;
  }
}
