/** Language models: which is asked, with whose keys, what may be spent and what was. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser, user } from "../store.js";
import { ModelChoices } from "./model-choices.js";
import { ModelCosts } from "./model-costs.js";
import { ModelProvider } from "./model-provider.js";
import { Pulse } from "./pulse.js";
import { Section } from "./section.js";

const DAYS = 7;

export function Models() {
  const found = useSignal(null);
  const problem = useSignal("");
  const read = async () => {
    const [models, providers, choices, usage] = await asUser(() =>
      Promise.all([rest.models(), rest.modelProviders(), rest.modelChoices(), rest.modelUsage(DAYS)]),
    );
    found.value = { models, ...providers, choices, usage };
  };
  /** Do work on the server and show what is so then; answers whether it went well. */
  const attempt = async (work) => {
    try {
      await asUser(work);
      await read();
      problem.value = "";
      return true;
    } catch (refused) {
      problem.value = refused.message;
      return false;
    }
  };
  useEffect(() => void attempt(async () => {}), []);
  const isAdmin = user.value?.role === "admin";
  return html`<div class="models">
    <p class="lead">
      A language model tells the same story as the built-in investigator, from the same evidence. None is asked unless
      one is named here, in a chat, or by the operator.
    </p>
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    ${!found.value && !problem.value && html`<${Pulse} />`}
    ${found.value && html`<${Found} ...${found.value} isAdmin=${isAdmin} attempt=${attempt} />`}
  </div>`;
}

function Found({ models, providers, keysCanBeStored, choices, usage, isAdmin, attempt }) {
  const asked = models.find((one) => one.isDefault);
  return html`<${Asked} model=${asked} />
    <${ModelCosts} usage=${usage} days=${DAYS} />
    ${isAdmin && html`<${ModelChoices} choices=${choices} models=${models} attempt=${attempt} />`}
    <${Section} title="Providers" name="providers">
      ${!keysCanBeStored &&
      html`<p class="hint">No key can be kept here until the operator sets <code class="mono">AURORA_SECRET_KEY</code>.</p>`}
      <ul class="list">
        ${providers.map((one) => {
          return html`<${ModelProvider}
            key=${one.name} provider=${one} mayEnter=${isAdmin && keysCanBeStored} mayCheck=${isAdmin} attempt=${attempt}
          />`;
        })}
      </ul>
    <//>`;
}

const GUESSED = "not known; a careful guess";
const KNOWN = { known: "", measured: "as its server says", setting: "as it is set", careful: GUESSED };

function Asked({ model }) {
  if (!model) {
    return html`<p class="card asked"><span class="asked-name">The built-in investigator</span> looks into incidents.</p>`;
  }
  const { name, ready, problem, window, windowFrom, outputLimit, price } = model;
  return html`<div class="card asked">
    <p class="asked-name"><bdi class="mono">${name}</bdi></p>
    ${ready
      ? html`<p class="meta">
          <span>${window.toLocaleString("en")} tokens${KNOWN[windowFrom] && ` (${KNOWN[windowFrom]})`}</span>
          <span>${outputLimit.toLocaleString("en")} an answer</span>
          <span>${price ? `$${price.input} read, $${price.output} written a million` : "price not known"}</span>
        </p>`
      : html`<p class="problem">${problem}</p>`}
  </div>`;
}
