/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations: slower than the usual reductions, but only
 * + − × ÷ and square roots, and below 40 dimensions nobody notices.
 *
 * `matrix` is row-major n × n and is destroyed. Column k of `vectors` (row-major) belongs to `values[k]`.
 */
export function eigen(matrix: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const a = matrix;
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  const at = (m: Float64Array, i: number): number => m[i] as number;
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    let on = 0;
    for (let i = 0; i < n; i++) {
      on += at(a, i * n + i) * at(a, i * n + i);
      for (let j = i + 1; j < n; j++) off += at(a, i * n + j) * at(a, i * n + j);
    }
    if (off <= 1e-24 * on) break;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = at(a, p * n + q);
        if (apq === 0) continue;
        const theta = (at(a, q * n + q) - at(a, p * n + p)) / (2 * apq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const akp = at(a, k * n + p);
          const akq = at(a, k * n + q);
          a[k * n + p] = c * akp - s * akq;
          a[k * n + q] = s * akp + c * akq;
        }
        for (let k = 0; k < n; k++) {
          const apk = at(a, p * n + k);
          const aqk = at(a, q * n + k);
          a[p * n + k] = c * apk - s * aqk;
          a[q * n + k] = s * apk + c * aqk;
          const vkp = at(v, k * n + p);
          const vkq = at(v, k * n + q);
          v[k * n + p] = c * vkp - s * vkq;
          v[k * n + q] = s * vkp + c * vkq;
        }
      }
    }
  }
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = at(a, i * n + i);
  return { values, vectors: v };
}
