/**
 * The only module that talks to the server: calls over REST here, the live part over Socket.IO in `Live`.
 *
 * Whatever goes wrong is a `Refused` with a sentence that a person can read.
 */

import { io } from "socket.io-client";

const PAGE = "200";
const PATIENCE_MS = 15_000;
const JOIN_AGAIN_MS = 2_000;
const KINDS_OF_PIECE = { "thought:delta": "thought", "summary:delta": "summary", token: "answer", "looks:delta": "looks" };
const NOT_REACHED = "The server cannot be reached. Check that it runs and that you are online.";

/** A call that did not do what was asked. `status` is 0 when there was no answer. */
export class Refused extends Error {
  constructor(message, code, status = 0) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

async function call(method, path, body) {
  const options = { method, headers: { Accept: "application/json" }, credentials: "same-origin" };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await fetch(path, options).catch(() => {
    throw new Refused(NOT_REACHED, "unreachable");
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Refused(answer.error ?? `The server answered ${response.status}.`, answer.code ?? "", response.status);
}

/** Send a file; `onSent(share)` is told how much of it has left, 0 to 1. `fetch` could not say. */
function send(path, file, onSent) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file, file.name);
    request.open("POST", path);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = ({ loaded, total }) => onSent(total ? loaded / total : 0);
    request.onerror = () => reject(new Refused(NOT_REACHED, "unreachable"));
    request.onload = () => {
      const answer = request.response ?? {};
      if (request.status < 300) resolve(answer);
      else reject(new Refused(answer.error ?? `The server answered ${request.status}.`, answer.code ?? "", request.status));
    };
    request.send(form);
  });
}

const KNOWLEDGE = "/api/knowledge-base";
const documentPath = (id) => `${KNOWLEDGE}/documents/${encodeURIComponent(id)}`;
const LLM = "/api/llm";
const providerPath = (name) => `${LLM}/providers/${encodeURIComponent(name)}`;
const CONNECTORS = "/api/connectors";
const connectorPath = (name) => `${CONNECTORS}/${encodeURIComponent(name)}`;
const accountPath = (id) => `${CONNECTORS}/accounts/${encodeURIComponent(id)}`;
const COMMAND_POLICIES = "/api/org/command-policies";
const WEBHOOKS = "/api/webhook-tokens";
const webhookPath = (id) => `${WEBHOOKS}/${encodeURIComponent(id)}`;
const DELIVERIES = "/api/webhook-deliveries";
const ORGANIZATION = "/api/organization";
const memberPath = (id) => `${ORGANIZATION}/members/${encodeURIComponent(id)}`;
const CHATS = "/chat_api/sessions";
const chatPath = (id) => `${CHATS}/${encodeURIComponent(id)}`;
const incidentPath = (id) => `/api/incidents/${encodeURIComponent(id)}`;

export const rest = {
  me: () => call("GET", "/api/auth/me"),
  signIn: (email, password) => call("POST", "/api/auth/login", { email, password }),
  register: (person) => call("POST", "/api/auth/register", person),
  signOut: () => call("POST", "/api/auth/logout"),
  rename: (name) => call("PATCH", "/api/auth/me", { name }),
  changePassword: (currentPassword, newPassword) =>
    call("POST", "/api/auth/change-password", { currentPassword, newPassword }),
  logins: () => call("GET", "/api/auth/sessions").then(({ sessions }) => sessions),
  endLogin: (id) => call("DELETE", `/api/auth/sessions/${encodeURIComponent(id)}`),
  endOtherLogins: () => call("DELETE", "/api/auth/sessions"),
  apiTokens: () => call("GET", "/api/auth/tokens").then(({ tokens }) => tokens),
  createApiToken: (token) => call("POST", "/api/auth/tokens", token),
  revokeApiToken: (id) => call("DELETE", `/api/auth/tokens/${encodeURIComponent(id)}`),
  members: () => call("GET", `${ORGANIZATION}/members`).then(({ members }) => members),
  changeRole: (id, role) => call("PATCH", memberPath(id), { role }),
  removeMember: (id) => call("DELETE", memberPath(id)),
  invitations: () => call("GET", `${ORGANIZATION}/invitations`).then(({ invitations }) => invitations),
  invite: (invitation) => call("POST", `${ORGANIZATION}/invitations`, invitation),
  withdrawInvitation: (id) => call("DELETE", `${ORGANIZATION}/invitations/${encodeURIComponent(id)}`),
  lookAtInvitation: (token) => call("POST", `${ORGANIZATION}/invitation`, { token }),
  incidents: (query = "") => call("GET", `/api/incidents?${new URLSearchParams([["limit", PAGE], ...new URLSearchParams(query)])}`),
  incident: (id) => call("GET", incidentPath(id)).then(({ incident }) => incident),
  queue: () => call("GET", "/api/incidents/queue"),
  setStatus: (id, status) => call("PATCH", incidentPath(id), { status }),
  merge: (id, into) => call("POST", `${incidentPath(id)}/merge`, { into }),
  unmerge: (id) => call("POST", `${incidentPath(id)}/unmerge`),
  unmergeAlert: (id, alertId) => call("POST", `${incidentPath(id)}/alerts/${encodeURIComponent(alertId)}/unmerge`),
  startInvestigation: (id) => call("POST", `${incidentPath(id)}/investigation`),
  cancelInvestigation: (id) => call("DELETE", `${incidentPath(id)}/investigation`),
  decide: (id, approvalId, decision) =>
    call("POST", `${incidentPath(id)}/approvals/${encodeURIComponent(approvalId)}`, { decision }),
  series: (id, citationId) => call("GET", `${incidentPath(id)}/citations/${encodeURIComponent(citationId)}/series`),
  surroundings: (id) => call("GET", `${incidentPath(id)}/surroundings`),
  postmortem: (id) => call("GET", `${incidentPath(id)}/postmortem`),
  draftPostmortem: (id, version) => call("POST", `${incidentPath(id)}/postmortem`, { version }),
  keepPostmortem: (id, markdown, version) => call("PUT", `${incidentPath(id)}/postmortem`, { markdown, version }),
  similarIncidents: (id) => call("GET", `${incidentPath(id)}/similar`).then(({ incidents }) => incidents),
  feedback: (id) => call("GET", `${incidentPath(id)}/feedback`),
  giveFeedback: (id, feedback) => call("POST", `${incidentPath(id)}/feedback`, feedback),
  documents: () => call("GET", `${KNOWLEDGE}/documents`),
  uploadDocument: (file, onSent) => send(`${KNOWLEDGE}/upload`, file, onSent),
  readDocumentAgain: (id) => call("POST", `${documentPath(id)}/read`),
  removeDocument: (id) => call("DELETE", documentPath(id)),
  searchKnowledge: (query) => call("POST", `${KNOWLEDGE}/search`, { query }),
  notes: () => call("GET", `${KNOWLEDGE}/memory`),
  keepNotes: (content) => call("PUT", `${KNOWLEDGE}/memory`, { content }),
  chats: (asked) => call("GET", `${CHATS}?${new URLSearchParams(asked)}`),
  chat: (id) => call("GET", chatPath(id)),
  renameChat: (id, title) => call("PUT", chatPath(id), { title }),
  removeChat: (id) => call("DELETE", chatPath(id)),
  demo: () => call("GET", "/api/demo"),
  startDemo: () => call("POST", "/api/demo"),
  models: () => call("GET", "/api/llm/models").then(({ models }) => models),
  modelProviders: () => call("GET", `${LLM}/providers`),
  enterModelKey: (name, account) => call("PUT", providerPath(name), account),
  removeModelKey: (name) => call("DELETE", providerPath(name)),
  checkModels: (name) => call("POST", `${providerPath(name)}/check`, {}),
  modelChoices: () => call("GET", `${LLM}/settings`),
  chooseModels: (choices) => call("PUT", `${LLM}/settings`, choices),
  modelUsage: (days) => call("GET", `${LLM}/usage?days=${days}`),
  connectors: () => call("GET", CONNECTORS),
  connectorStatus: () => call("GET", `${CONNECTORS}/status`).then(({ connectors }) => connectors),
  connectorSetup: (name) => call("GET", `${connectorPath(name)}/setup`),
  connectAccount: (name, fields) => call("POST", `${connectorPath(name)}/accounts`, { fields }),
  changeAccount: (id, fields) => call("PUT", accountPath(id), { fields }),
  checkAccount: (id) => call("POST", `${accountPath(id)}/check`),
  accountPlaces: (id) => call("GET", `${accountPath(id)}/places`).then(({ places }) => places),
  chooseAccountPlace: (id, place) => call("PUT", `${accountPath(id)}/place`, { place }),
  disconnectAccount: (id) => call("DELETE", accountPath(id)),
  beginGoogleSignIn: (userId) => call("POST", "/login", { userId }).then((begun) => begun.login_url),
  sources: () => call("GET", "/api/alert-sources").then(({ sources }) => sources),
  silences: () => call("GET", "/api/silences").then(({ silences }) => silences),
  makeSilence: (silence) => call("POST", "/api/silences", silence),
  endSilence: (id) => call("DELETE", `/api/silences/${encodeURIComponent(id)}`),
  toolsets: () => call("GET", "/api/toolsets").then(({ toolsets }) => toolsets),
  commandPolicies: () => call("GET", COMMAND_POLICIES),
  addCommandPolicy: (rule) => call("POST", COMMAND_POLICIES, rule),
  changeCommandPolicy: (id, change) => call("PUT", `${COMMAND_POLICIES}/${encodeURIComponent(id)}`, change),
  removeCommandPolicy: (id) => call("DELETE", `${COMMAND_POLICIES}/${encodeURIComponent(id)}`),
  tryCommand: (command) => call("POST", `${COMMAND_POLICIES}/test`, { command }),
  webhooks: () => call("GET", WEBHOOKS).then(({ webhookTokens }) => webhookTokens),
  createWebhook: (webhook) => call("POST", WEBHOOKS, webhook),
  changeWebhook: (id, change) => call("PATCH", webhookPath(id), change),
  rotateWebhook: (id) => call("POST", `${webhookPath(id)}/rotate`),
  revokeWebhook: (id) => call("DELETE", webhookPath(id)),
  testWebhook: (id) => call("POST", `${webhookPath(id)}/test`),
  tryMapping: (id, attempt) => call("POST", `${webhookPath(id)}/try-mapping`, attempt),
  deliveries: (asked) => call("GET", `${DELIVERIES}?${new URLSearchParams(asked)}`),
  delivery: (id) => call("GET", `${DELIVERIES}/${encodeURIComponent(id)}`),
  deleteDelivery: (id) => call("DELETE", `${DELIVERIES}/${encodeURIComponent(id)}`),
  replay: (id) => call("POST", `${DELIVERIES}/${encodeURIComponent(id)}/replay`),
  replayFailed: (webhook) => call("POST", `${DELIVERIES}/replay`, { token: webhook ?? null }),
};

/**
 * The live connection. It keeps the position of every watched room, and after a break asks for exactly what was missed.
 * `onStep` is told `up`, `down` and `replayed`, and `refused` when the server does not know the caller any more.
 */
export class Live {
  #rooms = new Map();
  #socket = io({
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    autoConnect: false,
    reconnectionDelayMax: 5_000,
  });
  #onStep;

  constructor(onStep) {
    this.#onStep = onStep;
    this.#socket.on("connect", () => {
      onStep({ type: "up" });
      for (const watch of this.#rooms.values()) this.#join(watch);
    });
    this.#socket.on("disconnect", (reason) => {
      onStep({ type: "down" });
      if (reason === "io server disconnect") this.#socket.connect();
    });
    this.#socket.on("connect_error", () => {
      if (!this.#socket.active) onStep({ type: "refused" });
    });
    this.#socket.onAny((type, message) => this.#take(type, message));
  }

  open() {
    this.#socket.connect();
  }

  close() {
    this.#rooms.clear();
    this.#socket.disconnect();
  }

  /**
   * Watch a room from the position of a snapshot. `listener` has `event({ type, data, seq, at })`,
   * `piece(kind, piece)`, `openTexts(texts)`, `resync()`, which should read the snapshot and watch again, and, where
   * it matters who else is in the room, `presence(users)`.
   * Answers a way to stop.
   */
  watch(room, { epoch, seq }, listener) {
    const watch = { room, epoch, seq, listener, joining: false };
    this.#rooms.set(room, watch);
    if (this.#socket.connected) this.#join(watch);
    return () => {
      if (this.#rooms.get(room) !== watch) return;
      this.#rooms.delete(room);
      if (this.#socket.connected) this.#socket.emit("leave", { room }, () => {});
    };
  }

  /** Send a message that is acknowledged; answers the acknowledgement, or throws `Refused`. */
  async send(type, message) {
    const answer = await this.#socket.timeout(PATIENCE_MS).emitWithAck(type, message).catch(() => {
      throw new Refused(NOT_REACHED, "unreachable");
    });
    if (answer.ok) return answer;
    throw new Refused(answer.error, answer.code);
  }

  async #join(watch) {
    if (watch.joining) return;
    watch.joining = true;
    const { room, seq: since, epoch } = watch;
    const answer = await this.send("join", { room, since, epoch }).catch((refused) => refused);
    watch.joining = false;
    if (this.#rooms.get(room) !== watch) return;
    if (answer instanceof Refused) {
      if (answer.code === "unreachable" || answer.code === "unavailable") this.#joinLater(watch);
    } else if (!answer.resync) {
      watch.epoch = answer.epoch;
      this.#onStep({ type: "replayed", count: answer.replayed });
      watch.listener.openTexts(answer.open ?? []);
    }
  }

  #joinLater(watch) {
    setTimeout(() => {
      if (this.#rooms.get(watch.room) === watch && this.#socket.connected) this.#join(watch);
    }, JOIN_AGAIN_MS);
  }

  #take(type, message) {
    const watch = this.#rooms.get(message?.room);
    if (!watch) return;
    if (type === "resync") watch.listener.resync();
    else if (type === "presence") watch.listener.presence?.(message.users);
    else if (Object.hasOwn(KINDS_OF_PIECE, type)) watch.listener.piece(KINDS_OF_PIECE[type], message);
    else if (message.seq === watch.seq + 1) {
      watch.seq = message.seq;
      watch.listener.event({ type, data: message.data, seq: message.seq, at: message.at });
    } else if (message.seq > watch.seq) this.#join(watch); // something is missing: ask for it
  }
}
