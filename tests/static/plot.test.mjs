import assert from "node:assert/strict";
import { test } from "node:test";
import * as plotted from "../../static/app/later/lib/plot.js";

const same = (one) => one;
const flat = Array.from({ length: 20 }, (_, at) => [at * 10, at < 12 ? 1 + (at % 2) * 0.1 : 9]);

test("ticks are few and round", () => {
  assert.deepEqual(plotted.ticks(0, 17, 4), [0, 5, 10, 15]);
  assert.deepEqual(plotted.ticks(0.12, 0.19, 3), [0.15]);
  assert.deepEqual(plotted.ticks(-3, 3, 3), [-2, 0, 2]);
  assert.deepEqual(plotted.ticks(5, 5, 3), [5]);
});

test("ticks of time are round where the reader is", () => {
  assert.deepEqual(plotted.timeTicks(0, 3600, 4), [0, 900, 1800, 2700, 3600]);
  assert.deepEqual(plotted.timeTicks(0, 7200, 3, 1800), [1800, 5400]);
});

test("a line breaks where samples are missing", () => {
  assert.equal(plotted.linePath([[0, 1], [10, 2], [20, 3], [90, 4], [100, 5]], same, same).match(/M/g).length, 2);
});

test("what departs from the usual after the alert is an area, and nothing where nothing departs", () => {
  const band = plotted.usual(flat, 120);
  assert.deepEqual(band, { low: 1, middle: 1.1, high: 1.1 });
  assert.match(plotted.departurePath(flat, band, 120, same, same), /^M120 9.*L120 1.1Z$/);
  const calm = flat.slice(0, 10);
  assert.equal(plotted.departurePath(calm, plotted.usual(calm, 50), 50, same, same), "");
  assert.equal(plotted.usual(flat, 0), null);
});

test("a read-out is of the nearest sample, and of none where there is a gap", () => {
  assert.equal(plotted.nearest([0, 10, 20], 14), 1);
  assert.equal(plotted.valueAt(flat, 121), 9);
  assert.equal(plotted.valueAt(flat, 4000), null);
  assert.equal(plotted.valueAt([], 0), null);
});

test("values are short, and bytes count in powers of 1024", () => {
  const texts = [0, 0.25, 12, 1234, 0.00012, -3.5, 2e9].map((one) => plotted.valueText(one));
  assert.deepEqual(texts, ["0", "0.25", "12", "1.23k", "0.00012", "-3.5", "2G"]);
  assert.equal(plotted.valueText(3 * 1024 * 1024, true), "3Mi");
  assert.equal(plotted.valueText(null), "–");
});

test("names leave out what all series share", () => {
  const series = [{ labels: { __name__: "up", job: "a", pod: "x" } }, { labels: { __name__: "up", job: "a", pod: "y" } }];
  assert.deepEqual(plotted.shortNames(series), ["x", "y"]);
  assert.deepEqual(plotted.shortNames(series.slice(0, 1)), ["up, job a, pod x"]);
});

test("a series that never changes can be drawn", () => {
  const { times, values } = plotted.domains([{ points: [[5, 3]] }]);
  assert.ok(times[1] > times[0] && values[1] > values[0]);
  assert.deepEqual(plotted.figures([[0, 1], [10, 4], [20, 6]], 10), { before: 1, since: 6, least: 1, most: 6, last: 6 });
});
