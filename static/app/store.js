/**
 * What the whole page knows: who is signed in, how the connection stands, the list of incidents. Signals that parts
 * read, and the verbs that change them. The rules are in `reduce/`; here they meet the server.
 */

import { computed, signal } from "@preact/signals";
import { Live, Refused, rest } from "./client.js";
import { CONNECTING, reduce as reduceConnection } from "./reduce/connection.js";
import { fromSnapshot, reduce as reduceFeed } from "./reduce/feed.js";

const CAUGHT_UP_SHOWN_MS = 6_000;
const AGAIN_MS = 4_000;

/** The user; `undefined` while nobody knows yet, `null` when nobody is signed in. */
export const user = signal(undefined);
export const connection = signal(CONNECTING);
/** The list of incidents, `null` before it was read. */
export const feed = signal(null);
/** Why the page cannot begin, as a sentence; `""` when it can. */
export const trouble = signal("");

export const investigating = computed(() => {
  return feed.value?.incidents.filter(({ auroraStatus }) => auroraStatus === "running").length ?? 0;
});

export const live = new Live((step) => (step.type === "refused" ? checkUser() : connectionStep(step)));

/** Find out who is signed in, and begin to listen. */
export async function start() {
  try {
    await signedIn(await rest.me());
  } catch (refused) {
    if (refused.status === 401) user.value = null;
    else tryAgain(refused, start);
  }
}

export async function signIn(email, password) {
  await rest.signIn(email, password);
  await signedIn(await rest.me());
}

export async function register(person) {
  await rest.register(person);
  await signedIn(await rest.me());
}

export async function signOut() {
  await rest.signOut().catch(() => {});
  signedOut();
}

/** `work`, but when the session is over meanwhile, the reader is asked to sign in. Throws `Refused` all the same. */
export async function asUser(work) {
  try {
    return await work();
  } catch (refused) {
    if (refused instanceof Refused && refused.status === 401) signedOut();
    throw refused;
  }
}

async function signedIn(me) {
  trouble.value = "";
  user.value = me;
  live.open();
  await readFeed();
}

function signedOut() {
  live.close();
  user.value = null;
  feed.value = null;
  connection.value = CONNECTING;
}

/** The server did not take the connection: because of who we are, or for a reason that may pass? */
async function checkUser() {
  const me = await rest.me().catch((refused) => refused);
  if (me.status === 401) signedOut();
  else setTimeout(() => user.value && live.open(), AGAIN_MS);
}

async function readFeed() {
  try {
    const snapshot = await asUser(rest.incidents);
    trouble.value = "";
    feed.value = { ...fromSnapshot(snapshot), arrived: feed.value?.arrived ?? {} };
    live.watch("feed", snapshot, {
      event: (event) => (feed.value = reduceFeed(feed.value, event)),
      piece: () => {},
      openTexts: () => {},
      resync: readFeed,
    });
  } catch (refused) {
    if (refused.status !== 401) tryAgain(refused, readFeed);
  }
}

function tryAgain(refused, work) {
  trouble.value = refused.message;
  setTimeout(work, AGAIN_MS);
}

function connectionStep(step) {
  connection.value = reduceConnection(connection.value, step);
  if (step.type === "up") setTimeout(() => connectionStep({ type: "shown" }), CAUGHT_UP_SHOWN_MS);
}
