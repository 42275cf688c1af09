// EVOLVE-BLOCK-START
/** Places n circles [x, y, r] in the unit square: one in the middle, the others on two rings around it. */
export function pack(n) {
  const inner = 8;
  const circles = [[0.5, 0.5, 0.12]];
  for (let i = 1; i < n; i++) {
    const ring = i <= inner ? 0.27 : 0.45;
    const places = i <= inner ? inner : n - 1 - inner;
    const angle = (2 * Math.PI * i) / places;
    circles.push([0.5 + ring * Math.cos(angle), 0.5 + ring * Math.sin(angle), i <= inner ? 0.09 : 0.05]);
  }
  return circles;
}
// EVOLVE-BLOCK-END
