/** Moving the focus among siblings with the arrow keys. */

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * @param {KeyboardEvent} event of an element around the items
 * @param {string} items selector of those that take part
 * @param {string[]} keys which of the arrow keys do something here
 */
export function moveFocus(event, items, keys) {
  const all = [...event.currentTarget.querySelectorAll(items)];
  const index = all.indexOf(document.activeElement);
  const next = target(event.key, index, all.length, keys);
  if (next === null || index < 0) return;
  event.preventDefault();
  all[next].focus();
}

function target(key, index, count, keys) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return keys.includes(key) ? (index + STEPS[key] + count) % count : null;
}
