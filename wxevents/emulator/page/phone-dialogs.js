/** What the phone asks its user before something can be sent, and the sending of it. */
import { html, useState } from "./html.js";
import { act } from "./api.js";
import { FormDialog } from "./dialogs/form.js";
import { PhotosDialog, sent } from "./dialogs/photos.js";
import { PlaceDialog } from "./dialogs/place.js";
import { ScanDialog } from "./dialogs/scan.js";
import { SourceDialog } from "./dialogs/source.js";

/**
 * @typedef {object} Question
 * @property {"tap"|"send"|"report"|"scan"} for what the answer is sent with
 * @property {"scan"|"photos"|"place"|"voice"|"link"|"scene"} what what is asked
 * @property {number[]} [path] of the button that was tapped
 * @property {string[]} [sources] where photos may come from
 */

/** @param {{openid: string, question: Question|null, onQuestion: (next: Question|null) => void}} properties */
export function PhoneDialogs({ openid, question, onQuestion }) {
  if (!question) return null;
  const onCancel = () => onQuestion(null);
  const onConfirm = (answer) => {
    onQuestion(null);
    SENDERS[question.for](openid, question, answer);
  };
  const properties = { question, onConfirm, onCancel };
  return html`<${DIALOGS[question.what] ?? Form} ...${properties} />`;
}

const Scan = (properties) => html`<${ScanDialog} ...${properties} />`;

const Form = ({ question, ...others }) => html`<${FormDialog} form=${question.what} ...${others} />`;

const Place = ({ question, ...others }) =>
  html`<${PlaceDialog} withPrecision=${question.for === "report"} ...${others} />`;

/** A camera takes one picture; from the album, and to send, it may be several. */
function Photos({ question, ...others }) {
  const { sources = [] } = question;
  const [source, setSource] = useState(sources.length === 1 ? sources[0] : null);
  if (sources.length > 1 && !source) {
    return html`<${SourceDialog} sources=${sources} onChoose=${setSource} onCancel=${others.onCancel} />`;
  }
  return html`<${PhotosDialog} several=${source !== "camera"} ...${others} />`;
}

const DIALOGS = { scan: Scan, photos: Photos, place: Place };

const SENDERS = {
  tap: (openid, { path, what }, answer) =>
    act(openid, "tap", { path, [what]: what === "photos" ? answer.map(sent) : answer }),
  report: (openid, _, answer) => act(openid, "report_location", answer),
  scan: (openid, _, answer) => act(openid, "scan", answer),
  send: sendMessage,
};

/** Pictures go one by one: each is a message of its own, in the order in which they were chosen. */
async function sendMessage(openid, { what }, answer) {
  if (what === "photos") {
    for (const photo of answer) await act(openid, "send", { kind: "image", photo: sent(photo) });
    return;
  }
  const kind = what === "place" ? "location" : what;
  await act(openid, "send", { kind, ...answer });
}
