/**
 * What the whole page knows: who is signed in, how the connection stands, the list of incidents. Signals that parts
 * read, and the verbs that change them. The rules are in `reduce/`; here they meet the server.
 */

import { computed, effect, signal, untracked } from "@preact/signals";
import { Live, Refused, rest } from "./client.js";
import { search } from "./lib/route.js";
import { CONNECTING, reduce as reduceConnection } from "./reduce/connection.js";
import { fromSnapshot, reduce as reduceFeed, withOlder } from "./reduce/feed.js";
import { fromAddress, isFiltered, matches, toAddress, toQuery } from "./reduce/filters.js";

const CAUGHT_UP_SHOWN_MS = 6_000;
const AGAIN_MS = 4_000;
const WRITTEN_MS = 180;
const RECENT = 200;
const LINE_MS = 3_000;
/** Investigations below this number certainly run. */
const ROOM = 2;

/** The user; `undefined` while nobody knows yet, `null` when nobody is signed in. */
export const user = signal(undefined);
export const connection = signal(CONNECTING);
/** The list of incidents, `null` before it was read. */
export const feed = signal(null);
/** Of those, the ones that are looked for; `null` while nothing is. */
const found = signal(null);
/** What is looked for: the address says it. */
export const filters = computed(() => fromAddress(search.value));
/** The incidents to show, `null` before they were read. */
export const listed = computed(() => (isFiltered(filters.value) ? found.value : feed.value));
/** Why the page cannot begin, as a sentence; `""` when it can. */
export const trouble = signal("");

export const investigating = computed(() => {
  return feed.value?.incidents.filter(({ auroraStatus }) => auroraStatus === "running").length ?? 0;
});

/** The places in the line of incidents whose investigations wait for their turn: `{ id: 1, … }`. */
export const places = signal({});
/** The last events of the room `feed`: an answer to a search may be older than they are. */
let recent = [];

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
    const snapshot = await asUser(() => rest.incidents());
    trouble.value = "";
    feed.value = { ...fromSnapshot(snapshot), arrived: feed.value?.arrived ?? {} };
    recent = [];
    live.watch("feed", snapshot, { event: feedEvent, piece: () => {}, openTexts: () => {}, resync: readFeed });
    if (found.value) await find(found.value.filters);
  } catch (refused) {
    if (refused.status !== 401) tryAgain(refused, readFeed);
  }
}

function feedEvent(event) {
  recent = [...recent.slice(-RECENT), event];
  feed.value = reduceFeed(feed.value, event);
  if (found.value) found.value = reduceFeed(found.value, event);
}

/** Read the next page of what is listed. Throws `Refused`. */
export async function readOlder() {
  const { nextCursor, filters: wanted } = listed.value;
  const query = toQuery(wanted);
  query.set("cursor", nextCursor);
  const page = await asUser(() => rest.incidents(query));
  const list = isFiltered(wanted) ? found : feed;
  if (list.value?.nextCursor === nextCursor) list.value = withOlder(list.value, page);
}

/** Ask the server what matches. Until it answers, and when it cannot, those that the page knows are shown. */
async function find(wanted) {
  const isWanted = () => found.value && toAddress(found.value.filters) === toAddress(wanted);
  try {
    const snapshot = await asUser(() => rest.incidents(toQuery(wanted)));
    const since = recent.filter(({ seq }) => seq > snapshot.seq);
    if (isWanted()) found.value = since.reduce(reduceFeed, fromSnapshot(snapshot, wanted));
  } catch (refused) {
    if (refused.status !== 401 && isWanted()) found.value = { ...found.value, problem: refused.message };
  }
}

/** While more is investigated than has room at once, say who waits; else nobody is asked. */
effect(() => {
  if (investigating.value < ROOM) {
    untracked(() => Object.keys(places.value).length > 0 && (places.value = {}));
    return undefined;
  }
  const look = async () => {
    const found = await rest.queue().catch(() => null); // the next look will tell
    if (found) places.value = Object.fromEntries(found.line.map((id, at) => [id, at + 1]));
  };
  look();
  const again = setInterval(() => document.hidden || look(), LINE_MS);
  return () => clearInterval(again);
});

const isRead = computed(() => Boolean(user.value && feed.value));

effect(() => {
  const wanted = filters.value;
  if (!isRead.value || !isFiltered(wanted)) {
    untracked(() => (found.value = null));
    return undefined;
  }
  if (untracked(() => found.value && toAddress(found.value.filters) === toAddress(wanted))) return undefined;
  untracked(() => {
    const incidents = feed.value.incidents.filter((one) => matches(one, wanted));
    found.value = { ...feed.value, incidents, filters: wanted, nextCursor: null, arrived: {} };
  });
  const timer = setTimeout(find, WRITTEN_MS, wanted);
  return () => clearTimeout(timer);
});

function tryAgain(refused, work) {
  trouble.value = refused.message;
  setTimeout(work, AGAIN_MS);
}

function connectionStep(step) {
  connection.value = reduceConnection(connection.value, step);
  if (step.type === "up") setTimeout(() => connectionStep({ type: "shown" }), CAUGHT_UP_SHOWN_MS);
}
