/** The formula's value for each row; `rows` holds q, E, B, v and t of one point after another. */
export function values(rows) {
  const result = new Float64Array(rows.length / 5);
  for (let i = 0; i < result.length; i++) {
    const at = 5 * i;
    result[i] = formula(rows[at], rows[at + 1], rows[at + 2], rows[at + 3], rows[at + 4]);
  }
  return result;
}

// EVOLVE-BLOCK-START
/** Any multiple of the right formula plus any constant scores as well as the formula itself. */
function formula(q, E, B, v, t) {
  return q;
}
// EVOLVE-BLOCK-END
