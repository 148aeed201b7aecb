/** Who answers questions, and whether they may propose actions: the reader's choice, kept in this browser. */

import { effect, signal } from "@preact/signals";
import { rest } from "./client.js";
import { asUser } from "./store.js";

const KEPT = "answering";
const kept = read();

/** The models that can be chosen, the default first; empty when there is none, or none is known yet. */
export const models = signal([]);
/** The chosen one; "" for the default. */
export const model = signal(kept.model ?? "");
/** `ask` only looks, `agent` may also propose what somebody then approves. */
export const mode = signal(kept.mode === "agent" ? "agent" : "ask");

effect(() => {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ model: model.value, mode: mode.value }));
  } catch {
    // A browser that keeps nothing forgets the choice with the page.
  }
});

/** Read which models there are. Without them, questions are answered by rules, and there is nothing to choose. */
export async function readModels() {
  const found = await asUser(() => rest.models()).catch(() => []);
  models.value = found.filter(({ ready }) => ready);
}

/** What goes with a question. */
export function choice() {
  if (models.value.length === 0) return { mode: "ask" };
  const isThere = models.value.some(({ name }) => name === model.value);
  return { mode: mode.value, model: isThere ? model.value : "" };
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}") ?? {};
  } catch {
    return {};
  }
}
