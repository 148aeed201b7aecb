/**
 * One incident while somebody looks at it: its signals, and what the reader can do with it.
 *
 * `incident` changes with events, `writing` with every piece of text, `outbox` with the reader's own questions: three
 * signals, so that a token touches the one text that grows.
 */

import { batch, computed, signal } from "@preact/signals";
import { choice } from "./answering.js";
import { rest } from "./client.js";
import { reduce as reduceIncident } from "./reduce/incident.js";
import { reduce as reduceOutbox } from "./reduce/outbox.js";
import { isFinished, nothingWritten, reduce as reduceWriting, withOpenTexts, withPiece } from "./reduce/writing.js";
import { asUser, live } from "./store.js";

const SURROUNDINGS_MS = 400;
const AROUND = ["alert", "alert:left", "status", "incident"];

const changesSurroundings = ({ type, data }) =>
  AROUND.includes(type) || (type === "citation" && ["changes", "call_graph"].includes(data.kind));

export class WatchedIncident {
  #stop = () => {};
  #gone = false;
  #series = new Map();
  #later = 0;

  constructor(id) {
    this.id = id;
    this.incident = signal(null);
    this.writing = signal({ texts: {}, order: [] });
    this.outbox = signal([]);
    /** Everybody who has the incident open: `{ id, name }` each, the reader too. */
    this.present = signal([]);
    /** The alert that the reader took out last, `{ incident, title }`: where it is now, so that it can be put back. */
    this.takenOut = signal(null);
    /** Questions that were called off before their answer began. */
    this.calledOff = signal({});
    /** Alerts in time, changes, who calls whom, as the record has them; null before they were read. */
    this.surroundings = signal(null);
    const byKey = computed(() => new Map((this.incident.value?.citations ?? []).map((one) => [one.key, one])));
    const known = new Map();
    /** A signal of the citation with a key: only who shows that one is told when it changes. */
    this.citation = (key) => {
      if (!known.has(key)) known.set(key, computed(() => byKey.value.get(key)));
      return known.get(key);
    };
    /** The `Refused` that keeps the incident from being shown. */
    this.problem = signal(null);
    /** The chat that is open; null for a new one. */
    this.sessionId = signal(null);
    /** The question that is being typed. */
    this.draft = signal("");
  }

  /** Read the incident as it is and listen from there on; also how to recover when the server lost track of us. */
  async read() {
    try {
      const snapshot = await asUser(() => rest.incident(this.id));
      if (!this.#gone) this.#begin(snapshot);
    } catch (refused) {
      this.problem.value = refused;
    }
  }

  leave() {
    this.#gone = true;
    clearTimeout(this.#later);
    this.#stop();
  }

  /** Read what lies around the incident. What cannot be read just now is not missed: it is read again when it changes. */
  async readSurroundings() {
    const found = await asUser(() => rest.surroundings(this.id)).catch(() => null);
    if (found && !this.#gone) this.surroundings.value = found;
  }

  setStatus(status) {
    return asUser(() => rest.setStatus(this.id, status));
  }

  /** Make this incident part of another one; how it stands then comes back as an event. */
  merge(into) {
    return asUser(() => rest.merge(this.id, into));
  }

  /** Let it stand by itself again. */
  unmerge() {
    return asUser(() => rest.unmerge(this.id));
  }

  /** Take a correlated alert out; it leaves the list by an event, and what is left here is a way back. */
  async unmergeAlert({ id, alertTitle }) {
    const { incident } = await asUser(() => rest.unmergeAlert(this.id, id));
    this.takenOut.value = { incident, title: alertTitle };
  }

  async putBack() {
    await asUser(() => rest.merge(this.takenOut.value.incident, this.id));
    this.takenOut.value = null;
  }

  stopInvestigation() {
    return asUser(() => rest.cancelInvestigation(this.id));
  }

  /** The series that a citation holds; read once, since they never change. */
  series(citationId) {
    const known = this.#series.get(citationId);
    if (known) return known;
    const asked = asUser(() => rest.series(this.id, citationId));
    this.#series.set(citationId, asked);
    asked.catch(() => this.#series.delete(citationId));
    return asked;
  }

  /** Approve or decline a proposed action; how it stands then comes back as an event. */
  decide(approvalId, decision) {
    return asUser(() => rest.decide(this.id, approvalId, decision));
  }

  /** Begin a further investigation; what was found before stays. */
  investigate() {
    return asUser(() => rest.startInvestigation(this.id));
  }

  /** Ask a question in the open chat. It shows at once, and stays until it comes back as a message. */
  ask(text) {
    const clientId = globalThis.crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.#outboxStep({ type: "asked", clientId, sessionId: this.sessionId.value, text });
    return this.#send(clientId, text, this.sessionId.value);
  }

  /** Send a question again that did not get through. */
  askAgain({ clientId, text, sessionId }) {
    this.#outboxStep({ type: "retried", clientId, sessionId });
    return this.#send(clientId, text, sessionId);
  }

  /** Call off what is being answered, or waits to be, in the open chat. */
  async callOff(question) {
    await live.send("chat:cancel", { session_id: this.sessionId.value });
    if (question) this.calledOff.value = { ...this.calledOff.value, [question.id]: true };
  }

  async #send(clientId, text, sessionId) {
    const message = { incident_id: this.id, text, client_id: clientId, ...choice() };
    if (sessionId) message.session_id = sessionId;
    try {
      const taken = await live.send("chat:send", message);
      this.#taken(clientId, taken.session_id);
    } catch (refused) {
      // A colleague's chat can be read but not continued: the question begins a chat of one's own.
      if (sessionId && refused.code === "chat_session_not_found") {
        this.#outboxStep({ type: "retried", clientId, sessionId: null });
        this.sessionId.value = null;
        return this.#send(clientId, text, null);
      }
      this.#outboxStep({ type: "refused", clientId, problem: refused.message });
    }
  }

  #begin(snapshot) {
    this.#stop();
    batch(() => {
      const isFirst = this.incident.value === null;
      const { order } = this.writing.value;
      const fresh = nothingWritten(snapshot);
      this.problem.value = null;
      this.incident.value = snapshot;
      this.writing.value = { ...fresh, order: [...new Set([...order, ...fresh.order])] };
      if (isFirst) this.sessionId.value = snapshot.chatSessions.at(-1)?.id ?? null;
    });
    this.readSurroundings();
    this.#stop = live.watch(snapshot.room, snapshot, {
      event: (event) => this.#event(event),
      piece: (kind, piece) => this.#piece(kind, piece),
      openTexts: (texts) => this.#openTexts(texts),
      resync: () => this.read(),
      presence: (users) => (this.present.value = users),
    });
  }

  #event(event) {
    if (changesSurroundings(event)) {
      clearTimeout(this.#later);
      this.#later = setTimeout(() => this.readSurroundings(), SURROUNDINGS_MS);
    }
    batch(() => {
      this.incident.value = reduceIncident(this.incident.value, event);
      this.writing.value = reduceWriting(this.writing.value, event);
      if (event.type !== "message") return;
      this.#taken(event.data.client_id, event.data.session_id);
      this.#outboxStep({ type: "arrived", clientId: event.data.client_id });
    });
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

  /** A question of ours is safe with the server: its chat is the open one, unless the reader went elsewhere. */
  #taken(clientId, sessionId) {
    const mine = this.outbox.value.find((one) => one.clientId === clientId);
    if (mine?.sessionId === null && this.sessionId.value === null) this.sessionId.value = sessionId;
    this.#outboxStep({ type: "taken", clientId, sessionId });
  }

  #outboxStep(step) {
    this.outbox.value = reduceOutbox(this.outbox.value, step);
  }
}
