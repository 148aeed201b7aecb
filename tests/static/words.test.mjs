import assert from "node:assert/strict";
import test from "node:test";
import { browserName } from "../../static/app/lib/browser-name.js";
import { indented } from "../../static/app/lib/json-text.js";
import { plain, safeUrl } from "../../static/app/lib/plain.js";
import { parsed, written, yielded } from "../../static/app/lib/mapping.js";
import { ordinal } from "../../static/app/lib/ordinal.js";
import { parsedMatchers, writtenMatchers } from "../../static/app/lib/matchers.js";
import { matching } from "../../static/app/lib/matching.js";
import { levelOf } from "../../static/app/lib/severity.js";
import { age, clockTime, duration } from "../../static/app/lib/time.js";

test("stretches of time are written in the units that people use", () => {
  const written = { 0: "0 s", 59: "59 s", 60: "1 min", 3599: "59 min", 3600: "1 h", 3900: "1 h 05 min", 86400: "1 d", 1130400: "13 d 2 h" };
  for (const [seconds, words] of Object.entries(written)) assert.equal(duration(Number(seconds)), words);
  assert.equal(duration(-5), "0 s");
});

test("an age that cannot be known is left out", () => {
  assert.equal(age(null, 0), "");
  assert.equal(age("nonsense", 0), "");
  assert.equal(age("2024-03-01T00:00:00Z", Date.parse("2024-03-01T00:04:10Z")), "4 min");
  assert.equal(clockTime(undefined), "");
});

test("the words of many vendors become five levels, and unknown words stay unknown", () => {
  assert.deepEqual(["Critical", "warning", "info", "error", "P1"].map(levelOf), ["critical", "medium", "low", "high", "critical"]);
  assert.deepEqual(["", null, "none", "constructor", "__proto__"].map(levelOf), Array(5).fill("unknown"));
});

test("a command cannot read differently from what it does", () => {
  assert.equal(plain("rm \u202egpj.\u202c"), "rm \\u{202e}gpj.\\u{202c}");
  assert.equal(plain("ls\u200b\u0000"), "ls\\u{200b}\\u{0}");
  assert.equal(plain("a\tb\r\nc"), "a\tb\nc");
});

test("colours of terminals are left out", () => {
  assert.equal(plain("\u001b[1;31mERROR\u001b[0m disk \u001b]8;;http://x\u0007full\u001b]8;;\u0007"), "ERROR disk full");
});

test("only web addresses are links", () => {
  assert.equal(safeUrl("https://a.example/b"), "https://a.example/b");
  for (const text of ["javascript:alert(1)", " JAVASCRIPT:alert(1)", "data:text/html,x", "/path", "", undefined]) {
    assert.equal(safeUrl(text), null, String(text));
  }
});

test("a payload is indented without changing a single token", () => {
  const text = '{"fingerprint":12345678901234567890,"labels":{},"list":[1,[],{"a":"x, {y}: \\"z\\""}],"pi":1.50}';
  const shown = indented(text);
  assert.ok(shown.includes('"fingerprint": 12345678901234567890,\n'));
  assert.ok(shown.includes('"labels": {}'));
  assert.ok(shown.includes("1.50"));
  assert.deepEqual(JSON.parse(shown), JSON.parse(text));
  assert.equal(indented(shown), shown);
});

test("a payload that is no JSON is shown as it came", () => {
  assert.equal(indented("not {json"), "not {json");
  assert.equal(indented('"text"'), '"text"');
});

test("a deeply nested payload does not become megabytes of spaces", () => {
  const deep = "[".repeat(2000) + "]".repeat(2000);
  assert.ok(indented(deep).length < 400_000);
});

test("a mapping is what is written of it, and a payload an object or a list", () => {
  assert.deepEqual(written({ title: " check.label ", status: "", url: "  " }), { title: "check.label" });
  assert.deepEqual(parsed('{"a": 1}'), { value: { a: 1 } });
  assert.match(parsed("{").problem, /^This is not JSON: /);
  assert.match(parsed("7").problem, /an object or a list/);
  assert.deepEqual([yielded("x"), yielded(null), yielded({ a: 1 })], ["x", "", '{"a":1}']);
  assert.equal(yielded("x".repeat(500)).length, 161);
});

test("incidents are found by all words, wherever each of them stands", () => {
  const one = { alert: { title: "Disk full", service: "db", source: "grafana" }, environment: "production", affectedServices: ["cart"] };
  assert.deepEqual(matching([one], " CART disk "), [one]);
  assert.deepEqual(matching([one], "disk queue"), []);
  assert.deepEqual(matching([one], ""), [one]);
});

test("a browser is called what people call it, and a program by its own name", () => {
  const mozilla = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)";
  assert.equal(browserName(`${mozilla} Chrome/126.0 Safari/537.36`), "Chrome on Linux");
  assert.equal(browserName(`${mozilla} Chrome/126.0 Safari/537.36 Edg/126.0`), "Edge on Linux");
  assert.equal(browserName("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1"), "Safari on iOS");
  assert.equal(browserName("Mozilla/5.0 (Windows NT 10.0; rv:127.0) Gecko/20100101 Firefox/127.0"), "Firefox on Windows");
  assert.deepEqual(["python-httpx/0.28", "curl/8", "", "\u202e"].map(browserName), ["python-httpx", "curl", "Unknown device", "Unknown device"]);
});

test("matchers are read as they are written, and what is none is told", () => {
  const text = 'service=checkout-* severity!=info title="Disk full"';
  const { matchers } = parsedMatchers(text);
  assert.deepEqual(matchers, [
    { name: "service", value: "checkout-*", isEqual: true },
    { name: "severity", value: "info", isEqual: false },
    { name: "title", value: "Disk full", isEqual: true },
  ]);
  assert.equal(writtenMatchers(matchers), text);
  assert.deepEqual(parsedMatchers("a=1, b=2").matchers.length, 2);
  assert.match(parsedMatchers("service checkout").problem, /“service checkout” is not of the form/);
  assert.match(parsedMatchers("  ").problem, /Say which alerts/);
});

test("places in a line are said as people say them", () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111].map(ordinal), [
    "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "101st", "111th",
  ]);
});
