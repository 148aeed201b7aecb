/** Alert sources, the webhooks that they send to, and how many deliveries failed: what several chapters show. */

import { computed, effect, signal } from "@preact/signals";
import { rest } from "./client.js";
import { asUser, user } from "./store.js";

/** Every source that can be connected; null before they were read. */
export const sources = signal(null);
/** The organization's webhooks, oldest first; null before they were read. */
export const webhooks = signal(null);
/** How many deliveries failed and wait for somebody. */
export const failed = signal(0);
/** The delivery that somebody set out to mend the mapping for; null otherwise. */
export const mended = signal(null);
/** Why they cannot be shown, as a sentence. */
export const trouble = signal("");
export const mayWrite = computed(() => user.value?.role !== undefined && user.value.role !== "viewer");

export async function readSources() {
  try {
    const [all, mine, { failed: count }] = await asUser(() =>
      Promise.all([sources.value ?? rest.sources(), rest.webhooks(), rest.deliveries({ limit: 1 })]),
    );
    sources.value = all;
    webhooks.value = mine;
    failed.value = count;
    trouble.value = "";
  } catch (refused) {
    trouble.value = refused.message;
  }
}

export const sourceOf = (name) => sources.value?.find((source) => source.name === name);
export const titleOf = (name) => sourceOf(name)?.title ?? name;

effect(() => {
  if (user.value !== null) return;
  webhooks.value = null; // the next who signs in may be of another organization
  failed.value = 0;
});
