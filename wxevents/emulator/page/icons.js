/** The page's icons: lines in the colour of the text around them. */
import { html } from "./html.js";

const PATHS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  keyboard: "M3 6h18v12H3zM7 10h.01M12 10h.01M17 10h.01M8 14.500h8",
  plus: "M12 5v14M5 12h14",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  beside: "M4 5h6v14H4zM14 5h6v14h-6z",
  moon: "M20 14a8 8 0 1 1-9-10 6.500 6.500 0 0 0 9 10z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9h.01",
  microphone: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v4",
  video: "M3 7h12v10H3zM15 11l6-3v8l-6-3z",
  shortvideo: "M4 5h16v14H4zM10 9l5 3-5 3z",
  pin: "M12 21c-4-5-6-8-6-11a6 6 0 0 1 12 0c0 3-2 6-6 11zM12 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  scan: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16",
  camera: "M4 8h4l2-3h4l2 3h4v11H4zM12 10a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7z",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  sound: "M5 9.500a4 4 0 0 1 0 5M9 7a8 8 0 0 1 0 10M13 4.500a12 12 0 0 1 0 15",
  miniprogram: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 9c0-3 4-3 4 0s-4 2-4 3v3c0 3-4 3-4 0s4-2 4-3",
  chevron: "M9 6l6 6-6 6",
  again: "M4 12a8 8 0 1 1 2.500 5.800M4 19v-5h5",
};

/** @param {{name: keyof PATHS, size?: number}} properties */
export function Icon({ name, size = 20 }) {
  return html`<svg class="icon icon-${name}" viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true">
    <path d=${PATHS[name]} />
  </svg>`;
}
