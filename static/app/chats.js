/** The reader's chats, the one that changed last first: those of incidents, too. */

import { effect, signal } from "@preact/signals";
import { rest } from "./client.js";
import { asUser, user } from "./store.js";

const PAGE = 50;

/** `{ sessions, next }`; null before they were read. `next` is where older ones begin, or null. */
export const chats = signal(null);
/** Why they cannot be shown, as a sentence. */
export const trouble = signal("");

/** Read the newest ones; older ones that were read stay. */
export async function readChats() {
  try {
    const { sessions, next_cursor: next } = await asUser(() => rest.chats({ limit: PAGE }));
    const oldest = sessions.at(-1)?.updated_at ?? "";
    const fresh = new Set(sessions.map(({ id }) => id));
    const older = next ? (chats.value?.sessions ?? []).filter((one) => one.updated_at < oldest && !fresh.has(one.id)) : [];
    chats.value = { sessions: [...sessions, ...older], next: older.length ? chats.value.next : next };
    trouble.value = "";
  } catch (refused) {
    trouble.value = refused.message;
  }
}

/** Read the next page. */
export async function readOlderChats() {
  const { sessions: known, next: cursor } = chats.value;
  try {
    const { sessions, next_cursor: next } = await asUser(() => rest.chats({ limit: PAGE, cursor }));
    chats.value = { sessions: [...known, ...sessions], next };
  } catch (refused) {
    trouble.value = refused.message;
  }
}

effect(() => {
  if (user.value === null) chats.value = null; // the next who signs in has others
});
