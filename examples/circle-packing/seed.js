// EVOLVE-BLOCK-START
/** Packs n circles [x, y, r] into the unit square: they start as random dots, grow, and make room for each other. */
export function pack(n) {
  let sweeps = 10;
  let growth = 0.008;
  let fade = 2;
  let push = 0.3;
  let give = 0.3;
  const circles = [];
  for (let i = 0; i < n; i++) {
    circles.push({ x: Math.random(), y: Math.random(), r: 0 });
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let i = 0; i < n; i++) {
      const a = circles[i];
      a.r += growth;
      for (let j = 0; j < i; j++) {
        const b = circles[j];
        const dx = a.x - b.x;
        const dy = a.y - b.y;
        const reach = a.r + b.r;
        const square = dx * dx + dy * dy;
        if (square >= reach * reach || square === 0) continue;
        // Two that overlap move apart, and both get smaller.
        const distance = Math.sqrt(square);
        const overlap = reach - distance;
        const step = (push * overlap) / distance;
        a.x += dx * step;
        a.y += dy * step;
        b.x -= dx * step;
        b.y -= dy * step;
        a.r -= give * overlap;
        b.r -= give * overlap;
      }
      const west = Math.max(0, a.r - a.x);
      const east = Math.max(0, a.r + a.x - 1);
      const south = Math.max(0, a.r - a.y);
      const north = Math.max(0, a.r + a.y - 1);
      a.x += push * (west - east);
      a.y += push * (south - north);
      a.r -= give * (west + east + south + north);
    }
    // Growth ends with the last sweep.
    const left = sweeps - sweep;
    growth *= left / (left + fade);
  }
  return circles.map(({ x, y, r }) => [inside(x), inside(y), Math.max(0, r)]);
}

function inside(t) {
  return Math.min(1, Math.max(0, t));
}
// EVOLVE-BLOCK-END
