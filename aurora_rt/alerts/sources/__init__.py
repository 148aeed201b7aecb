"""Sources: one module for each vendor whose webhooks we take. This page is how to add one.

**One file adds a source.** `sources/<name>.py` exports `SOURCE: Final = Source(...)`; start-up imports the folder, and
everything else – routes, tokens, set-up page, command line, tests – goes by what is found. Removing it is deleting it.
Start from the one that is most like yours: `datadog` (our token alone, a payload of the owner's making), `pagerduty`
(a signature, acknowledgements), `github` (several events in one source), `sentry` (several resources), `cloudwatch`
(Amazon's signed envelope and a handshake), `grafana` (Alertmanager's shape, two generations), `checkmk` (Nagios'
macros, `alerts.macros`), `cloudevents` (headers that are half of the payload).

1. **`name`** stands in the path (`/api/webhooks/<name>/<token>`), `title` is how people call the vendor.

2. **The payload's shape** is one or a few `alerts.wire.Wire` models with only the fields that are read; the module's
   docstring links the vendor's page. Use `Text` (never missing: null is ""), `Identity` (a part of the identity, never
   cut), `Moment` (RFC 3339), `Epoch` (seconds, milliseconds, nanoseconds or RFC 3339), `WireLabels` (an object of
   texts), `Several[Model]` (a list). Give everything a default that the alert can do without. `understood(Model,
   payload)` validates, and says in one sentence what is wrong.

3. **`parse(payload)`** is pure: no I/O, no clock, no randomness; it raises `PayloadNotUnderstood` and nothing else,
   whatever comes in. It returns each fingerprint once (`webhook_v4.distinct`), or `()` for what is no alert (tests,
   comments, "still running"). What it fills in:
   - `fingerprint`: the vendor's identity – monitor and group, issue id, problem id –, the same when it fires, is
     acknowledged, changes its severity or text, and resolves. Never the title, text, severity or time. From several
     fields: `labels.fingerprint({"account": …, "alarm": …})`. Without one: refuse, and say which field is missing.
   - `status`: `firing`, `acknowledged` (somebody is on it, where the vendor tells) or `resolved`.
   - `severity`: `labels.priority(word)` knows P1 to P5, SEV-1, the usual words; `"unknown"` where nothing is told.
   - `service`, `environment`: from the vendor's own field, else `labels.service(labels)`, `labels.environment(labels)`.
   - `labels`: what tells where it is (host, namespace, cluster, region, tags: `labels.tagged`); correlation reads
     them. `annotations`: what a person reads. Both through `webhook_v4.short`.
   - `started_at` for a firing, `ended_at` for a resolved one, `None` where the vendor does not tell;
     `changed_at` where the vendor tells the time of the change itself (needed for acknowledgements).
   - `acknowledged_by`: who is on it, for an acknowledged one, where the vendor tells.
   - `title`, `description` through `text.cut`; `source_url` through `text.web_address`.

4. **`proof`**, where the vendor signs (`alerts.proof.schemes`): `Hmac(header, asks_for, prefix=…, encoding=…,
   time_header=…, once=…)`, `SharedSecret(header, …)` (GitLab), `StandardWebhooks(…)` (Svix, incident.io), `Sns()`,
   `TokenInBody(field, …)` (StatusCake).
   Vendors that sign nothing leave it out: our token proves them. `asks_for` is what the person enters and where the
   vendor shows it. `once` is how a replay is known where no time is signed: `BODY` if each body holds the event's own
   id, else the header with the delivery's id. A new scheme is a frozen dataclass in `alerts/proof/`.

5. **`takes`** says what may come beside JSON: `("json", "form")` gives `parse` an object of texts, `("json", "text")`
   the text itself. **`headers`** keeps headers with the body (`"ce-*"` for all that begin so) and **`joined(payload,
   headers)`** makes the payload of both, where a vendor tells half of it in headers. **`handshake(payload)`** answers
   what a vendor asks for once: `Reply(body)`, or `Confirm(address)`. **`recovers=False`** for a vendor that never tells
   that an alert is over.

6. **`setup`** is Markdown for somebody who has five minutes: the menu's path at the vendor, the URL as `{url}`, what to
   tick so that recoveries come too, where the secret is. **`sample`** is one alert that fires, without a time, with
   the words "test alert" in what becomes its description.

7. **Tests** are files: `tests/alerts/payloads/<name>/<what>.json` (or `.txt`, `.form`: as it comes on the wire), each
   with `<what>.expected.json`: `{"documentation": "<the vendor's page>", "alerts": [{…}]}`, where fields at their
   defaults are left out. Needed are `firing.json` and `resolved.json`, which tell of the same alert (for one that
   `recovers`), and `acknowledged.json` where there is such a thing. Headers that `joined` needs stand in
   `<what>.headers.json`. Write the values yourself. `tests/alerts/sources/` then walks over every source: the sample,
   the payloads, spoilt payloads, one fingerprint, a wrong, a missing and a replayed signature, a recovery that comes
   first, and all of it through HTTP to the incident. Run `pytest tests/alerts/sources -k <name>`.
"""
