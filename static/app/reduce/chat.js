/** The chats of an incident: what a `message` event changes. Pure. */

const TITLE_LIMIT = 50;
const WAITING = ["queued", "answering"];

/** The chat sessions after a message; a session that was not known begins with it. */
export function withMessage(sessions, { session_id: sessionId, client_id: _clientId, ...message }) {
  const at = sessions.findIndex(({ id }) => id === sessionId);
  return at < 0 ? [...sessions, begun(sessionId, message)] : sessions.with(at, continued(sessions[at], message));
}

/** The question of a session that still waits for its answer, if there is one. */
export function waitingQuestion(session) {
  return session?.messages.find(isWaiting);
}

function begun(id, message) {
  const at = message.timestamp;
  return { id, title: titleOf(message.text), messages: [message], status: "active", createdAt: at, updatedAt: at };
}

function continued(session, message) {
  const at = session.messages.findIndex(({ id }) => id === message.id);
  const messages = at < 0 ? [...answered(session.messages, message), message] : session.messages.with(at, message);
  return { ...session, messages, updatedAt: message.timestamp };
}

/** An answer ends the waiting of the oldest question that waits. */
function answered(messages, message) {
  const at = message.sender === "assistant" ? messages.findIndex(isWaiting) : -1;
  return at < 0 ? messages : messages.with(at, { ...messages[at], status: endOf(message) });
}

const isWaiting = ({ sender, status }) => sender === "user" && WAITING.includes(status);
const endOf = ({ status }) => (status === "cancelled" ? "cancelled" : "complete");

function titleOf(text) {
  const line = text.split(/\s+/).filter(Boolean).join(" ");
  if ([...line].length <= TITLE_LIMIT) return line;
  return `${[...line].slice(0, TITLE_LIMIT).join("").replace(/ [^ ]*$/, "")} …`;
}
