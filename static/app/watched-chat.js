/**
 * A chat that belongs to no incident while somebody looks at it, or a new one before its first question.
 *
 * `incident` has the shape of an incident with this one chat, so that the parts and the reducers of an incident's chat
 * do here, too. One `WatchedChat` lasts as long as the page: a new chat gets its address with its first question, and
 * nothing on the page is made anew.
 */

import { batch, signal } from "@preact/signals";
import { choice } from "./answering.js";
import { readChats } from "./chats.js";
import { rest } from "./client.js";
import { reduce as reduceIncident } from "./reduce/incident.js";
import { reduce as reduceOutbox } from "./reduce/outbox.js";
import { isFinished, nothingWritten, reduce as reduceWriting, withOpenTexts, withPiece } from "./reduce/writing.js";
import { asUser, live } from "./store.js";

const EMPTY = { auroraStatus: "idle", streamingThoughts: [], citations: [], chatSessions: [] };

export class WatchedChat {
  #stop = () => {};
  #messages = new Map();
  #beginning = null;

  /** `onBegun(id)` is told when a new chat has its first question. */
  constructor(onBegun) {
    this.onBegun = onBegun;
    this.incident = signal(EMPTY);
    this.writing = signal(nothingWritten(EMPTY));
    this.outbox = signal([]);
    this.calledOff = signal({});
    this.problem = signal(null);
    this.sessionId = signal(null);
    this.draft = signal("");
    /** Counts the chats that were opened: what is shown of one begins anew with the next. */
    this.opened = signal(0);
  }

  /** The chat with its messages; undefined before it was read, and for a new one. */
  get session() {
    return this.incident.value.chatSessions[0];
  }

  /** Look at another chat; with null at a new one. */
  open(id) {
    if (id === this.sessionId.value) return;
    this.#forget(id);
    if (id) this.read();
  }

  leave() {
    this.#forget(null);
  }

  /** Read the chat as it is and listen from there on; also how to recover when the server lost track of us. */
  async read() {
    const id = this.sessionId.value;
    try {
      const snapshot = await asUser(() => rest.chat(id));
      if (this.sessionId.value === id) this.#begin(snapshot);
    } catch (refused) {
      if (this.sessionId.value === id) this.problem.value = refused;
    }
  }

  /** Ask a question. It shows at once, and stays until it comes back as a message. */
  ask(text) {
    const clientId = globalThis.crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.#outboxStep({ type: "asked", clientId, sessionId: this.sessionId.value, text });
    return this.#send(clientId, text);
  }

  /** Send a question again that did not get through. */
  askAgain({ clientId, text }) {
    this.#outboxStep({ type: "retried", clientId, sessionId: this.sessionId.value });
    return this.#send(clientId, text);
  }

  /** Call off what is being answered, or waits to be. */
  async callOff(question) {
    await live.send("chat:cancel", { session_id: this.sessionId.value });
    if (question) this.calledOff.value = { ...this.calledOff.value, [question.id]: true };
  }

  async rename(title) {
    const id = this.sessionId.value;
    await asUser(() => rest.renameChat(id, title));
    if (this.session?.id === id) this.#changed({ title });
    await readChats();
  }

  async remove() {
    await asUser(() => rest.removeChat(this.sessionId.value));
    await readChats();
  }

  #changed(fields) {
    this.incident.value = { ...this.incident.value, chatSessions: [{ ...this.session, ...fields }] };
  }

  #forget(id) {
    this.#stop();
    this.#stop = () => {};
    this.#messages.clear();
    this.#beginning = null;
    batch(() => {
      this.sessionId.value = id;
      this.incident.value = EMPTY;
      this.writing.value = nothingWritten(EMPTY);
      this.outbox.value = [];
      this.calledOff.value = {};
      this.problem.value = null;
      this.opened.value += 1;
    });
  }

  async #send(clientId, text) {
    const place = this.opened.value;
    try {
      await this.#beginning; // a second question goes into the chat that the first one is beginning
      const sessionId = this.opened.value === place ? this.sessionId.value : null;
      const message = { text, client_id: clientId, ...choice() };
      if (sessionId) message.session_id = sessionId;
      const sending = live.send("chat:send", message);
      if (!sessionId) this.#beginning = sending.then(({ session_id: id }) => this.#begun(id, place), () => {});
      const taken = await sending;
      await this.#beginning;
      this.#messages.set(clientId, taken.message_id);
      this.#settle();
    } catch (refused) {
      if (this.opened.value === place) this.#outboxStep({ type: "refused", clientId, problem: refused.message });
    }
  }

  async #begun(id, place) {
    if (this.opened.value === place) {
      this.sessionId.value = id;
      this.onBegun(id);
      await this.read();
    }
    await readChats();
  }

  #begin(snapshot) {
    this.#stop();
    const state = { ...EMPTY, chatSessions: [snapshot] };
    batch(() => {
      this.problem.value = null;
      this.incident.value = state;
      this.writing.value = nothingWritten(state);
    });
    this.#settle();
    this.#stop = live.watch(snapshot.room, snapshot, {
      event: (event) => this.#event(event),
      piece: (kind, piece) => this.#piece(kind, piece),
      openTexts: (texts) => this.#openTexts(texts),
      resync: () => this.read(),
    });
  }

  #event(event) {
    batch(() => {
      this.incident.value = reduceIncident(this.incident.value, event);
      this.writing.value = reduceWriting(this.writing.value, event);
      if (event.type === "message") this.#outboxStep({ type: "arrived", clientId: event.data.client_id });
    });
    if (event.type === "message") readChats();
  }

  #piece(kind, piece) {
    const isNew = !Object.hasOwn(this.writing.value.texts, piece.id);
    if (isNew && isFinished(this.incident.value, kind, piece.id)) return;
    this.writing.value = withPiece(this.writing.value, kind, piece);
  }

  #openTexts(texts) {
    const open = texts.filter(({ kind, id }) => !isFinished(this.incident.value, kind, id));
    this.writing.value = withOpenTexts(this.writing.value, open);
  }

  /** Questions that are among the messages are no longer on their way. */
  #settle() {
    const there = new Set((this.session?.messages ?? []).map(({ id }) => id));
    for (const [clientId, messageId] of this.#messages) {
      if (there.has(messageId)) this.#outboxStep({ type: "arrived", clientId });
    }
  }

  #outboxStep(step) {
    this.outbox.value = reduceOutbox(this.outbox.value, step);
  }
}
