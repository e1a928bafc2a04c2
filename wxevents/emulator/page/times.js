/** Times on the emulator's clock, as people read them. */
import { useEffect, useState } from "./html.js";

const two = (number) => String(number).padStart(2, "0");

/** 14:05 */
export function clockTime(seconds) {
  const date = new Date(seconds * 1000);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** 14:05:09.120 */
export function exactTime(seconds) {
  const date = new Date(seconds * 1000);
  const milliseconds = String(date.getMilliseconds()).padStart(3, "0");
  return `${clockTime(seconds)}:${two(date.getSeconds())}.${milliseconds}`;
}

/** 2025-01-01 */
export function day(seconds) {
  const date = new Date(seconds * 1000);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** 14:05, with the day unless it is the day of `now`. */
export function chatTime(seconds, now) {
  const time = clockTime(seconds);
  return day(seconds) === day(now) ? time : `${day(seconds)} ${time}`;
}

/** 85 ms, 4.98 s */
export function duration(seconds) {
  if (seconds < 0.001) return "<1 ms";
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(2)} s`;
}

/** Render again every so often, while `active`. */
export function useTicks(milliseconds, active = true) {
  const [, setTicks] = useState(0);
  useEffect(() => {
    if (!active) return undefined;
    const timer = setInterval(() => setTicks((ticks) => ticks + 1), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds, active]);
}
