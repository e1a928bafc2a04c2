/** Reading aids for XML and JSON: indentation, and which part is what. Both leave faulty text be. */

const XML_TOKENS = /<!\[CDATA\[[\s\S]*?\]\]>|<[^>]+>|[^<]+/g;
const XML_PARTS = /(<!\[CDATA\[[\s\S]*?\]\]>)|(<\/?[\w:.-]+(?:\s[^<>]*)?\/?>)/g;
const JSON_PARTS = /("(?:[^"\\]|\\.)*"(?=\s*:))|("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/g;
const XML_KINDS = ["string", "tag"];
const JSON_KINDS = ["tag", "string", "number"];
/** Longer texts, such as pictures in base64, are not worth the work. */
const MOST_COLOURED = 50_000;

/** @returns {string} the text with a line for each element or field */
export function indented(text) {
  if (looksLikeXml(text)) return indentedXml(text);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** @returns {{kind: string|null, text: string}[]} the text in parts, each of a kind */
export function coloured(text) {
  if (text.length > MOST_COLOURED) return [{ kind: null, text }];
  if (looksLikeXml(text)) return parts(text, XML_PARTS, XML_KINDS);
  if (/^\s*[{[]/.test(text)) return parts(text, JSON_PARTS, JSON_KINDS);
  return [{ kind: null, text }];
}

const looksLikeXml = (text) => /^\s*</.test(text);

function parts(text, pattern, kinds) {
  const found = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) found.push({ kind: null, text: text.slice(end, match.index) });
    found.push({ kind: kinds[match.slice(1).findIndex((group) => group !== undefined)], text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ kind: null, text: text.slice(end) });
  return found;
}

const isTag = (token) => token.startsWith("<") && !token.startsWith("<![CDATA[");

function indentedXml(text) {
  const tokens = (text.match(XML_TOKENS) ?? []).filter((token) => token.trim() !== "");
  const lines = [];
  let depth = 0;
  let inline = false; // the line so far is an element without children
  for (const [index, token] of tokens.entries()) {
    const closing = token.startsWith("</");
    if (isTag(token) && closing) depth -= 1;
    if (inline || (closing && isOpening(tokens[index - 1]))) lines[lines.length - 1] += token;
    else lines.push("  ".repeat(Math.max(depth, 0)) + token);
    if (isOpening(token)) depth += 1;
    if (closing) inline = false;
    else if (isOpening(token)) inline = !isTag(tokens[index + 1] ?? "<");
  }
  return lines.join("\n");
}

const isOpening = (token = "") => isTag(token) && !/^<[/?!]|\/>$/.test(token);
