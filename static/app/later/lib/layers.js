/** Laying out who calls whom: callers left of whom they call, as far as there is no circle. Pure. */

const SWEEPS = 4;

/**
 * The layers of a call graph, from callers to callees, each a list of names; `calls` are pairs [caller, callee] of names
 * in `names`. Within a layer, names stand near those that they have calls with.
 */
export function layers(names, calls) {
  const depth = depths(names, forwards(names, calls));
  const columns = [];
  for (const name of names) (columns[depth.get(name)] ??= []).push(name);
  const dense = columns.filter(Boolean);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isDown = sweep % 2 === 0;
    const order = isDown ? dense.keys() : [...dense.keys()].reverse();
    for (const at of order) {
      const beside = dense[at + (isDown ? -1 : 1)];
      if (beside) dense[at] = sorted(dense[at], beside, calls);
    }
  }
  return dense;
}

/** The calls without those that close a circle, found by walking from callers to callees. */
function forwards(names, calls) {
  const out = new Map(names.map((name) => [name, []]));
  for (const [caller, callee] of calls) if (caller !== callee) out.get(caller)?.push(callee);
  const state = new Map();
  const kept = [];
  const visit = (name) => {
    state.set(name, "open");
    for (const callee of out.get(name) ?? []) {
      if (state.get(callee) === "open") continue;
      kept.push([name, callee]);
      if (!state.has(callee)) visit(callee);
    }
    state.set(name, "done");
  };
  const called = new Set(calls.map(([, callee]) => callee));
  for (const name of [...names].sort((one, other) => called.has(one) - called.has(other))) if (!state.has(name)) visit(name);
  return kept;
}

/** How many calls lie before each name, at most; who is called by nobody stands right before whom it calls. */
function depths(names, calls) {
  const depth = new Map(names.map((name) => [name, 0]));
  for (let round = 0; round < names.length; round += 1) {
    let isSettled = true;
    for (const [caller, callee] of calls) {
      if (depth.get(callee) <= depth.get(caller)) {
        depth.set(callee, depth.get(caller) + 1);
        isSettled = false;
      }
    }
    if (isSettled) break;
  }
  const called = new Set(calls.map(([, callee]) => callee));
  for (const name of names) {
    const callees = calls.filter(([caller]) => caller === name).map(([, callee]) => depth.get(callee));
    if (!called.has(name) && callees.length) depth.set(name, Math.min(...callees) - 1);
  }
  return depth;
}

function sorted(column, beside, calls) {
  const place = new Map(beside.map((name, at) => [name, at]));
  const middle = (name, at) => {
    const places = calls.flatMap(([one, other]) => (one === name ? [place.get(other)] : other === name ? [place.get(one)] : []));
    const known = places.filter((one) => one !== undefined);
    return known.length ? known.reduce((sum, one) => sum + one, 0) / known.length : at;
  };
  const keyed = column.map((name, at) => [middle(name, at), at, name]);
  return keyed.sort(([one, oneAt], [other, otherAt]) => one - other || oneAt - otherAt).map(([, , name]) => name);
}
