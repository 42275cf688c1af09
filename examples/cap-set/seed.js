/** The priority of every vector of {0, 1, 2}^n, in the order of their base-3 codes (first digit most significant). */
export function priorities(n) {
  const count = 3 ** n;
  const table = new Float64Array(count);
  const v = new Array(n);
  for (let code = 0; code < count; code++) {
    let rest = code;
    for (let i = n - 1; i >= 0; i--) {
      v[i] = rest % 3;
      rest = (rest - v[i]) / 3;
    }
    table[code] = priority(v, n);
  }
  return table;
}

// EVOLVE-BLOCK-START
/** Higher is taken earlier. v holds n digits, each 0, 1 or 2. */
function priority(v, n) {
  let score = 0;
  for (let i = 0; i < n; i++) {
    score += 0;
  }
  return score;
}
// EVOLVE-BLOCK-END
