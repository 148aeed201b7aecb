/**
 * Which incidents are looked for. Pure.
 *
 * Filters: `{ words, levels, service, source }`; empty ones let everything through. They stand in the address, so that
 * a list can be shared, and the server is asked with the same.
 */

import { LEVELS, levelOf, wordsOf } from "../lib/severity.js";

export const NO_FILTERS = { words: "", levels: [], service: "", source: "" };

/** The filters that an address such as `?q=disk&severity=critical` tells. */
export function fromAddress(search) {
  const told = new URLSearchParams(search);
  return {
    words: told.get("q") ?? "",
    levels: LEVELS.filter((level) => told.getAll("severity").includes(level)),
    service: told.get("service") ?? "",
    source: told.get("source") ?? "",
  };
}

/** The address that tells the filters: `""` without any. */
export function toAddress({ words, levels, service, source }) {
  const told = new URLSearchParams();
  if (words.trim()) told.set("q", words.trim());
  for (const level of levels) told.append("severity", level);
  if (service) told.set("service", service);
  if (source) told.set("source", source);
  return told.size > 0 ? `?${told}` : "";
}

/** What the server is asked. It knows the words of severities, but not those that nobody knows: these are left to `matches`. */
export function toQuery({ words, levels, service, source }) {
  const asked = new URLSearchParams();
  if (hasWords(words)) asked.set("q", words.trim().slice(0, 200));
  if (!levels.includes("unknown")) for (const word of levels.flatMap(wordsOf)) asked.append("severity", word);
  if (service) asked.append("service", service);
  if (source) asked.append("source", source);
  return asked;
}

/** Whether anything is looked for. */
export function isFiltered(filters) {
  return toAddress(filters) !== "";
}

/** Whether an incident is one of those looked for, as far as the list knows it. */
export function matches(incident, { words, levels, service, source }) {
  return (
    (levels.length === 0 || levels.includes(levelOf(incident.severity))) &&
    (!service || incident.alert.service === service || incident.affectedServices.includes(service)) &&
    (!source || incident.alert.source === source) &&
    hasAll(`${incident.alert.title} ${incident.alert.service} ${incident.summary}`, words)
  );
}

/** The values that there are to choose from, most frequent first. */
export function choices(incidents, valueOf) {
  const counts = new Map();
  for (const value of incidents.map(valueOf)) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([one, n], [other, m]) => m - n || (one < other ? -1 : 1)).map(([value]) => value);
}

const hasWords = (text) => /[\p{L}\p{N}]/u.test(text);
const wordsIn = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Whether each word of `wanted` begins a word of `text`, as the server's search has it. */
function hasAll(text, wanted) {
  const there = wordsIn(text);
  return wordsIn(wanted).every((word) => there.some((one) => one.startsWith(word)));
}
