// EVOLVE-BLOCK-START
/** Places n circles [x, y, r] in the unit square: they start as random dots, grow, and make room for each other. */
export function pack(n) {
  let sweeps = 10;
  let growth = 0.004;
  let decay = 0.95;
  let push = 0.3;
  let give = 0.3;
  const circles = [];
  for (let i = 0; i < n; i++) circles.push([Math.random(), Math.random(), 0]);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let i = 0; i < n; i++) {
      const a = circles[i];
      a[2] += growth;
      for (let j = 0; j < i; j++) {
        const b = circles[j];
        const dx = a[0] - b[0];
        const dy = a[1] - b[1];
        const reach = a[2] + b[2];
        const square = dx * dx + dy * dy;
        if (square >= reach * reach || square === 0) continue;
        const distance = Math.sqrt(square);
        const overlap = reach - distance;
        const step = (push * overlap) / distance;
        a[0] += dx * step;
        a[1] += dy * step;
        b[0] -= dx * step;
        b[1] -= dy * step;
        a[2] -= give * overlap;
        b[2] -= give * overlap;
      }
      for (let k = 0; k < 2; k++) {
        const low = a[2] - a[k];
        const high = a[2] + a[k] - 1;
        if (low > 0) {
          a[k] += push * low;
          a[2] -= give * low;
        }
        if (high > 0) {
          a[k] -= push * high;
          a[2] -= give * high;
        }
      }
    }
    growth *= decay;
  }
  for (const circle of circles) {
    circle[0] = Math.min(1, Math.max(0, circle[0]));
    circle[1] = Math.min(1, Math.max(0, circle[1]));
    circle[2] = Math.max(0, circle[2]);
  }
  return circles;
}
// EVOLVE-BLOCK-END
