/** Calls of the emulator's control API; what goes wrong is shown as a notice. */
import { warn } from "./notices.js";

/**
 * One call.
 * @param {string} method
 * @param {string} path
 * @param {object} [body] sent as JSON
 * @returns {Promise<any>} the answer
 * @throws {Error} with the sentence of the emulator
 */
export async function call(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const response = await fetch(path, options);
  const text = await response.text();
  const answer = parsed(text);
  if (!response.ok) throw new Error(answer?.error ?? `HTTP ${response.status}`);
  return answer;
}

/** Like `call`, but tells the user of a failure and gives null then. */
export async function send(method, path, body) {
  try {
    return (await call(method, path, body)) ?? {};
  } catch (error) {
    warn(error.message);
    return null;
  }
}

/** What a user does; comes back at once, whatever follows arrives as events. */
export function act(openid, what, body = {}) {
  return send("POST", `${userPath(openid)}/${what}?wait=0`, body);
}

/** A user opens the chat. No notice on failure: nobody asked for this call. */
export function openChat(openid) {
  call("POST", `${userPath(openid)}/open?wait=0`, {}).catch(() => {});
}

export function userPath(openid) {
  return `/emulator/users/${encodeURIComponent(openid)}`;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
