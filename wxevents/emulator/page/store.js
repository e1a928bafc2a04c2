/** What the emulator's state is: fetched once, then kept up to date by its stream of events. */
import { call } from "./api.js";
import { observable } from "./observable.js";

/** More pushes and calls than the emulator itself gives are not kept, but at least this many. */
const KEPT = 200;
/** Several changes in a row need one fetch, and several events one rendering. */
const GATHER_MS = 50;
const FRAME_MS = 16;
const RETRY_MS = 2000;

/** `state` is the answer of GET /emulator/state, or null before the first one. `clock_ahead`: the
 * seconds by which the emulator's clock is ahead of the browser's. */
export const store = observable({ state: null, connected: false, clock_ahead: 0 });

/** @returns {number} seconds since the epoch on the emulator's clock */
export const emulatorTime = () => Date.now() / 1000 + store.get().clock_ahead;

const update = (fields) => store.set({ ...store.get(), ...fields });

/** Follow the emulator for as long as the page is open. */
export function connect() {
  const events = new EventSource("/emulator/events");
  events.onopen = refresh;
  events.onerror = () => {
    update({ connected: false });
    // EventSource connects again by itself, except where it was answered with an error.
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
  };
  events.onmessage = ({ data }) => receive(JSON.parse(data));
}

/** Events that came while a fetch was under way. What was fetched may be older than they are, so
 * they are applied to it once more; objects come whole, and twice does no harm. */
let meanwhile = null;
let again = false;

async function refresh() {
  if (meanwhile) {
    again = true;
    return;
  }
  meanwhile = [];
  await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
  again = false;
  try {
    const fetched = await call("GET", "/emulator/state");
    update({
      state: meanwhile.reduce(applied, fetched),
      connected: true,
      clock_ahead: fetched.time - Date.now() / 1000,
    });
  } catch {
    update({ connected: false }); // the stream tells when the emulator is back
  }
  meanwhile = null;
  if (again) refresh();
}

let arrived = [];

function receive(event) {
  if (event.changed) {
    refresh();
    return;
  }
  meanwhile?.push(event);
  arrived.push(event);
  if (arrived.length === 1) setTimeout(applyArrived, FRAME_MS);
}

function applyArrived() {
  const { state } = store.get();
  if (state) update({ state: arrived.reduce(applied, state) });
  arrived = [];
}

/** The state after an event. */
export function applied(state, event) {
  if (event.push) return { ...state, pushes: replaced(state.pushes, event.push, "id", KEPT) };
  if (event.call) return { ...state, calls: replaced(state.calls, event.call, "id", KEPT) };
  if (event.message) {
    return withChat(state, event.openid, (chat) => replaced(chat, event.message, "id"));
  }
  if (event.message_gone !== undefined) {
    return withChat(state, event.openid, (chat) =>
      chat.filter((message) => message.id !== event.message_gone),
    );
  }
  return state; // of a kind that this page does not know
}

function withChat(state, openid, change) {
  const chats = { ...state.chats, [openid]: change(state.chats[openid] ?? []) };
  return { ...state, chats };
}

/** The list with this object in the place of its predecessor, or at its end. */
function replaced(list, object, identity, most = Infinity) {
  const index = list.findIndex((one) => one[identity] === object[identity]);
  if (index >= 0) return [...list.slice(0, index), object, ...list.slice(index + 1)];
  return [...list, object].slice(-Math.max(most, list.length));
}
