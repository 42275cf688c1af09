// EVOLVE-BLOCK-START
/** Places n points [x, y] in the plane: pairs that are too close push each other off, pairs too far apart draw together. */
export function place(n) {
  let sweeps = 10;
  let near = 0.15;
  let far = 0.9;
  let push = 0.2;
  let pull = 0.1;
  const points = [];
  for (let i = 0; i < n; i++) points.push([Math.random(), Math.random()]);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let i = 1; i < n; i++) {
      const a = points[i];
      for (let j = 0; j < i; j++) {
        const b = points[j];
        const dx = a[0] - b[0];
        const dy = a[1] - b[1];
        const distance = Math.sqrt(dx * dx + dy * dy) + 1e-9;
        let move = 0;
        if (distance < near) move = push * (near - distance);
        if (distance > far) move = pull * (far - distance);
        a[0] += (dx / distance) * move;
        a[1] += (dy / distance) * move;
        b[0] -= (dx / distance) * move;
        b[1] -= (dy / distance) * move;
      }
    }
  }
  return points;
}
// EVOLVE-BLOCK-END
