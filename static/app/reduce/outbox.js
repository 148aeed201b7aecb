/**
 * Questions that were sent but have not come back as messages yet: `reduce(outbox, step) -> outbox`. Pure.
 *
 * Each is `{ clientId, sessionId, text, problem }`; `sessionId` is null while a new chat has no name, `problem` a
 * sentence once sending failed. The sender's own name for a question makes sending it again harmless.
 */

/** The outbox after a step of a question's way. */
export function reduce(outbox, step) {
  switch (step.type) {
    case "asked":
      return [...outbox, { clientId: step.clientId, sessionId: step.sessionId, text: step.text, problem: null }];
    case "retried":
      return changed(outbox, step.clientId, { problem: null, sessionId: step.sessionId });
    case "taken":
      return changed(outbox, step.clientId, { sessionId: step.sessionId });
    case "refused":
      return changed(outbox, step.clientId, { problem: step.problem });
    case "arrived":
      return outbox.filter(({ clientId }) => clientId !== step.clientId);
    default:
      return outbox;
  }
}

function changed(outbox, clientId, fields) {
  return outbox.map((one) => (one.clientId === clientId ? { ...one, ...fields } : one));
}
