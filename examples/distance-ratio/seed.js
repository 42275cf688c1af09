// EVOLVE-BLOCK-START
/** Places n points [x, y] at most 1 apart: those nearer than `near` push each other off, and `near` grows as far as they let it. */
export function place(n) {
  let sweeps = 10;
  let near = 0.2;
  let growth = 0.01;
  let fade = 2;
  let push = 0.3;
  let give = 0.05;
  const points = [];
  for (let i = 0; i < n; i++) {
    points.push({ x: Math.random(), y: Math.random() });
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    near += growth;
    for (let i = 1; i < n; i++) {
      const a = points[i];
      for (let j = 0; j < i; j++) {
        const b = points[j];
        const dx = a.x - b.x;
        const dy = a.y - b.y;
        const distance = Math.sqrt(dx * dx + dy * dy);
        const short = Math.max(0, near - distance);
        const long = Math.max(0, distance - 1);
        if (short + long === 0 || distance === 0) continue;
        const step = (push * (short - long)) / distance;
        a.x += dx * step;
        a.y += dy * step;
        b.x -= dx * step;
        b.y -= dy * step;
        near -= give * short;
      }
    }
    // Growth ends with the last sweep.
    const left = sweeps - sweep;
    growth *= left / (left + fade);
  }
  return points.map(({ x, y }) => [x, y]);
}
// EVOLVE-BLOCK-END
