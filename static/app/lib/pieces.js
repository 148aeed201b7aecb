/**
 * Thoughts in pieces: a hypothesis begins a group of what was thought about it, a long group is cut. Pure.
 *
 * The order in which thoughts were first seen is never changed. A piece in which nothing changed is the same object as
 * before, so that whoever shows it has nothing to do: a new thought costs one piece, not all.
 */

const LONGEST = 16;

/**
 * The pieces of `order` (ids) with `byId` (id → finished thought): `{ key, isGroup, goesOn, items }`, items `{ id, thought }`
 * with `thought` undefined while it is written. `isGroup`: it begins with a hypothesis; `goesOn`: it belongs to the
 * group of the piece before it.
 */
export function pieces(order, byId, before = []) {
  const found = [];
  let inGroup = false;
  for (const id of order) {
    const thought = byId.get(id);
    const isHypothesis = thought?.type === "hypothesis";
    const last = found.at(-1);
    if (!last || isHypothesis || last.items.length >= LONGEST) {
      const goesOn = inGroup && !isHypothesis;
      found.push({ key: id, isGroup: isHypothesis, goesOn, items: [{ id, thought }] });
      inGroup ||= isHypothesis;
    } else last.items.push({ id, thought });
  }
  return found.map((piece, at) => (isSame(piece, before[at]) ? before[at] : piece));
}

function isSame(piece, other) {
  return (
    other !== undefined &&
    piece.key === other.key &&
    piece.isGroup === other.isGroup &&
    piece.goesOn === other.goesOn &&
    piece.items.length === other.items.length &&
    piece.items.every(({ id, thought }, at) => id === other.items[at].id && thought === other.items[at].thought)
  );
}

/** How an investigation stands, in numbers: what was looked at, supposed, ruled out. */
export function standing({ streamingThoughts, citations }) {
  const count = (type) => streamingThoughts.reduce((sum, thought) => sum + (thought.type === type), 0);
  return { looks: citations.length, hypotheses: count("hypothesis"), ruledOut: count("ruled_out") };
}
