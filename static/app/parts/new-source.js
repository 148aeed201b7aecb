/** Connecting an alert source: choose, name, and be shown the address, once, with what to do at its side. */

import { useSignal } from "@preact/signals";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser } from "../store.js";
import { Command } from "./command.js";
import { Icon } from "./icon.js";
import { Prose } from "./prose.js";

/** `sources` are those that can be connected; `onMade` is called when one was. */
export function NewSource({ sources, onMade }) {
  const chosen = useSignal(sources[0]?.name ?? "");
  const made = useSignal(null);
  const problem = useSignal("");
  const busy = useSignal(false);
  const submit = async (event) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const name = given.get("name").trim();
    const secret = given.get("secret")?.trim();
    busy.value = true;
    problem.value = "";
    try {
      made.value = await asUser(() =>
        rest.createToken(chosen.value, name || titleOf(sources, chosen.value), secret),
      );
      await onMade();
    } catch (refused) {
      problem.value = refused.message;
    }
    busy.value = false;
  };
  const title = titleOf(sources, chosen.value);
  const secretHint = sources.find(({ name }) => name === chosen.value)?.secret_hint;
  if (made.value) return html`<${Made} made=${made.value} sources=${sources} onDone=${() => (made.value = null)} />`;
  return html`<form class="card new-source" onSubmit=${submit}>
    <h2>Connect a source</h2>
    <fieldset class="choices">
      <legend class="label">Source</legend>
      ${sources.map(({ name, title }) => {
        const isChosen = chosen.value === name;
        return html`<label class="choice" key=${name}>
          <input type="radio" name="source" value=${name} checked=${isChosen} onChange=${() => (chosen.value = name)} />
          <span>${title}</span>
        </label>`;
      })}
    </fieldset>
    <label class="labelled">
      <span class="label">Name</span>
      <input class="field" name="name" maxlength="200" placeholder=${`${title} in production`} />
      <span class="hint">So that you know later which one it is.</span>
    </label>
    ${secretHint &&
    html`<label class="labelled" key=${chosen.value}>
      <span class="label">Secret <span class="hint">optional</span></span>
      <input class="field" name="secret" type="password" maxlength="1000" autocomplete="off" />
      <span class="hint">${secretHint}. With one, only what ${title} has signed is taken.</span>
    </label>`}
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    <button type="submit" class="button button-main" disabled=${busy.value || !chosen.value}>
      <${Icon} name="plus" />Make an address
    </button>
  </form>`;
}

function Made({ made, sources, onDone }) {
  const setup = sources.find(({ name }) => name === made.source)?.setup ?? "";
  return html`<section class="card new-source" aria-label="The new address">
    <h2>${made.name} can send alerts now</h2>
    <p class="notice"><${Icon} name="alert" />This address is shown only now. Copy it before you leave this page.</p>
    <${Command} text=${made.url} what="the address" />
    ${setup && html`<h3>Set up ${titleOf(sources, made.source)}</h3>`}
    ${setup && html`<${Prose} text=${setup.replaceAll("{url}", made.url)} />`}
    <button type="button" class="button" onClick=${onDone}>Done</button>
  </section>`;
}

const titleOf = (sources, name) => sources.find((source) => source.name === name)?.title ?? name;
