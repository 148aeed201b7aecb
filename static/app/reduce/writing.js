/**
 * The texts of an incident that are being written just now: `reduce(state, message) -> state`.
 *
 * Kept apart from the incident, so that a token changes one text on the page and nothing else. State:
 * `{ texts, order }`: `texts` by id, each `{ id, kind, text, length, sessionId }`; `order` is the ids of thoughts in
 * the order in which a reader first saw them, so that none changes its place when it is finished before its
 * neighbours.
 */

import { EMPTY, joinPiece, joinWhole } from "../lib/text-stream.js";

/** Texts of chats, which go on when the investigation is over. */
const CHATTED = ["answer", "looks"];

/** The text that says what is looked at for an answer, by the answer's id. */
export const looksOf = (answerId) => `${answerId}:looks`;

/** Nothing is being written; the thoughts that exist already have their places. */
export function nothingWritten(incident) {
  return { texts: {}, order: incident.streamingThoughts.map(({ id }) => id) };
}

/** The state after a piece of text (`kind` is thought, summary, answer or looks). */
export function withPiece(state, kind, piece) {
  const known = state.texts[piece.id] ?? EMPTY;
  return withText(state, kind, piece, joinPiece(known, piece.offset, piece.text));
}

/** The state after a join told which texts are open. */
export function withOpenTexts(state, openTexts) {
  return openTexts.reduce((so, open) => {
    return withText(so, open.kind, open, joinWhole(so.texts[open.id] ?? EMPTY, open.text));
  }, state);
}

/** The state after an event: what is finished is no longer being written, nor is anything when the work is over. */
export function reduce(state, { type, data }) {
  if (type === "thought") return placed(without(state, (text) => text.id === data.id), "thought", data.id);
  if (type === "message") return without(state, ({ id }) => id === data.id || id === looksOf(data.id));
  if (type === "summary") return without(state, ({ kind }) => kind === "summary");
  if (type === "status" && data.auroraStatus !== "running") return without(state, ({ kind }) => !CHATTED.includes(kind));
  return state;
}

/** Whether a text is finished, as far as the incident knows: a late piece must not bring it back. */
export function isFinished(incident, kind, id) {
  if (!CHATTED.includes(kind) && incident.auroraStatus !== "running") return true;
  if (kind === "thought") return incident.streamingThoughts.some((thought) => thought.id === id);
  if (kind === "summary") return false;
  return incident.chatSessions.some(({ messages }) => messages.some((one) => id === one.id || id === looksOf(one.id)));
}

function withText(state, kind, { id, session_id: sessionId = null }, text) {
  if (text.length === 0 || text.length === state.texts[id]?.length) return state;
  const texts = { ...state.texts, [id]: { id, kind, sessionId, ...text } };
  return placed({ ...state, texts }, kind, id);
}

function placed(state, kind, id) {
  const isNew = kind === "thought" && !state.order.includes(id);
  return isNew ? { ...state, order: [...state.order, id] } : state;
}

function without(state, isOver) {
  const left = Object.entries(state.texts).filter(([, text]) => !isOver(text));
  return left.length === Object.keys(state.texts).length ? state : { ...state, texts: Object.fromEntries(left) };
}
