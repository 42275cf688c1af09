// EVOLVE-BLOCK-START
/** Packs n circles [x, y, r] into the unit square: all of one size, in rows from one wall to the other. */
export function pack(n) {
  const columns = 6;
  const rows = 5;
  const radius = 0.035;
  const circles = [];
  for (let i = 0; i < n; i++) {
    const column = i % columns;
    const row = Math.floor(i / columns);
    circles.push([(column + 0.5) / columns, (row + 0.5) / rows, radius]);
  }
  return circles;
}
// EVOLVE-BLOCK-END
