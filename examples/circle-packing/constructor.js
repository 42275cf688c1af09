// EVOLVE-BLOCK-START
/** Packs n circles [x, y, r] into the unit square: rows of equal circles, and what is left over in the gaps between them. */
export function pack(n) {
  const side = 5;
  const first = 0.14;
  const step = 0.17;
  const large = 0.035;
  const small = 0.035;
  const circles = [];
  for (let i = 0; i < n; i++) {
    const isLeft = i >= side * side;
    const place = isLeft ? i - side * side : i;
    const shift = isLeft ? 0.4 : 0;
    const x = first + step * ((place % side) + shift);
    const y = first + step * (Math.floor(place / side) + shift);
    circles.push([x, y, isLeft ? small : large]);
  }
  return circles;
}
// EVOLVE-BLOCK-END
