/** Which models the organization asks, and what it may spend a day. */

import { useSignal } from "@preact/signals";
import { html } from "../lib/html.js";
import { rest } from "../client.js";
import { Section } from "./section.js";

const NAME = "[A-Za-z0-9~@][A-Za-z0-9._:\\/@+~\\-]*";

export function ModelChoices({ choices, models, attempt }) {
  const busy = useSignal(false);
  const saved = useSignal(false);
  const submit = async (event) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const number = (name) => (given.get(name).trim() === "" ? null : Number(given.get(name)));
    busy.value = true;
    saved.value = await attempt(() =>
      rest.chooseModels({
        model: given.get("model").trim() || null,
        fallbacks: given.get("fallbacks").split(",").map((one) => one.trim()).filter(Boolean),
        dailyTokens: number("tokens"),
        dailyUsd: number("usd"),
      }),
    );
    busy.value = false;
  };
  return html`<${Section} title="What is asked" name="model-choices">
    <form class="card new-source" onSubmit=${submit} onInput=${() => (saved.value = false)}>
      <label class="labelled">
        <span class="label">Model</span>
        <input
          class="field mono" name="model" list="model-names" maxlength="200" pattern=${NAME} defaultValue=${choices.model ?? ""}
          placeholder="anthropic/claude-3.5-sonnet" autocapitalize="off" autocomplete="off" spellcheck="false"
        />
        <span class="hint">provider/model. Empty: what the operator set, or the built-in investigator.</span>
      </label>
      <datalist id="model-names">${models.map((one) => html`<option key=${one.name} value=${one.name} />`)}</datalist>
      <label class="labelled">
        <span class="label">When it is away</span>
        <input
          class="field mono" name="fallbacks" maxlength="1000" defaultValue=${choices.fallbacks.join(", ")}
          placeholder="openai/gpt-4o, ollama/qwen3" autocapitalize="off" autocomplete="off" spellcheck="false"
        />
        <span class="hint">Others to ask, in order. After them the built-in investigator goes on, and says so.</span>
      </label>
      <div class="limits">
        <label class="labelled">
          <span class="label">Dollars a day</span>
          <input class="field" name="usd" type="number" min="0" step="0.01" defaultValue=${choices.dailyUsd ?? ""} />
        </label>
        <label class="labelled">
          <span class="label">Tokens a day</span>
          <input class="field" name="tokens" type="number" min="0" step="1" defaultValue=${choices.dailyTokens ?? ""} />
        </label>
      </div>
      <p class="saving">
        <button type="submit" class="button button-main" disabled=${busy.value}>Save</button>
        <span role="status">${saved.value && "Saved."}</span>
      </p>
    </form>
  <//>`;
}
