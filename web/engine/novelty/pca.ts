/** Principal components of program vectors, for views: the few directions along which they differ most. */
import { createRandom } from '../rng.ts';

export interface Projection {
  /** Mean of the fitted vectors, each brought to length 1. */
  readonly mean: Float64Array;
  /** Unit vectors, the one with the largest spread first; the largest component of each is positive. */
  readonly axes: readonly Float64Array[];
  /** Share of the spread of the fitted vectors along each axis, 0–1. */
  readonly explained: readonly number[];
}

/** Rows the axes are fitted to, evenly spaced among those given. */
export const MOST_FITTED = 512;
/** Directions followed beside those asked for: neighbours of nearly the same spread then settle soon. */
const SPARE = 5;
const ITERATIONS = 40;
const SETTLED = 1e-9;

/** Fits to at most 512 of the rows, all of one length. Fewer rows than axes leave axes of zeros. */
export function fitProjection(rows: readonly Int8Array[], dimensions: 2 | 3): Projection {
  const size = rows[0]?.length ?? 0;
  const count = Math.min(rows.length, MOST_FITTED);
  const fitted = Array.from({ length: count }, (_, i) =>
    unit(rows[Math.floor((i * rows.length) / count)] as Int8Array),
  );
  const mean = new Float64Array(size);
  for (const row of fitted) for (let i = 0; i < size; i++) mean[i] = (mean[i] as number) + (row[i] as number) / count;
  let total = 0;
  for (const row of fitted) {
    for (let i = 0; i < size; i++) row[i] = (row[i] as number) - (mean[i] as number);
    total += dot(row, row);
  }
  const axes: Float64Array[] = [];
  const explained: number[] = [];
  for (const { axis, spread } of leading(fitted, size, dimensions)) {
    axes.push(spread > total * 1e-12 ? signed(axis) : new Float64Array(size));
    explained.push(total > 0 ? Math.min(1, spread / total) : 0);
  }
  while (axes.length < dimensions) {
    axes.push(new Float64Array(size));
    explained.push(0);
  }
  return { mean, axes, explained };
}

/** Where a vector lies on the axes, also one that was not fitted; needs no new fit. */
export function project({ mean, axes }: Projection, row: Int8Array): number[] {
  const length = Math.sqrt(dot(row, row)) || 1;
  return axes.map((axis) => dot(axis, row) / length - dot(axis, mean));
}

/** Orthogonal iteration on XᵀX, then a small eigenproblem inside what was found. */
function leading(
  rows: readonly Float64Array[],
  size: number,
  wanted: number,
): { axis: Float64Array; spread: number }[] {
  const width = Math.min(size, rows.length, wanted + SPARE);
  const times = product(rows, size);
  const random = createRandom('axes');
  let basis = orthonormal(
    Array.from({ length: width }, () => Float64Array.from({ length: size }, () => random.next() - 0.5)),
  );
  let before = Infinity;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const next = basis.map((vector) => times(vector));
    let captured = 0;
    for (let i = 0; i < next.length; i++) captured += dot(next[i] as Float64Array, basis[i] as Float64Array);
    basis = orthonormal(next);
    if (iteration > 0 && Math.abs(captured - before) <= SETTLED * Math.abs(captured)) break;
    before = captured;
  }
  const images = basis.map((vector) => times(vector));
  const small = images.map((image) => basis.map((vector) => dot(image, vector)));
  const { values, vectors } = jacobi(small);
  return values
    .map((spread, i) => ({ spread, i }))
    .sort((a, b) => b.spread - a.spread || a.i - b.i)
    .slice(0, wanted)
    .map(({ spread, i }) => {
      const axis = new Float64Array(size);
      basis.forEach((vector, j) => {
        const weight = (vectors[j] as number[])[i] as number;
        for (let k = 0; k < size; k++) axis[k] = (axis[k] as number) + weight * (vector[k] as number);
      });
      return { axis, spread: Math.max(0, spread) };
    });
}

/** v → XᵀX v. The matrix is written down where that is less work than to go through the rows each time. */
function product(rows: readonly Float64Array[], size: number): (vector: Float64Array) => Float64Array {
  if (2 * rows.length <= size) {
    return (vector) => {
      const result = new Float64Array(size);
      for (const row of rows) {
        const weight = dot(row, vector);
        for (let i = 0; i < size; i++) result[i] = (result[i] as number) + weight * (row[i] as number);
      }
      return result;
    };
  }
  const matrix = Array.from({ length: size }, () => new Float64Array(size));
  for (const row of rows) {
    for (let i = 0; i < size; i++) {
      const component = row[i] as number;
      const line = matrix[i] as Float64Array;
      for (let j = i; j < size; j++) line[j] = (line[j] as number) + component * (row[j] as number);
    }
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) (matrix[i] as Float64Array)[j] = (matrix[j] as Float64Array)[i] as number;
  }
  return (vector) => Float64Array.from(matrix, (line) => dot(line, vector));
}

/** Gram–Schmidt, twice over; directions that vanish are left out. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const result: Float64Array[] = [];
  for (const vector of vectors) {
    const before = Math.sqrt(dot(vector, vector));
    for (let pass = 0; pass < 2; pass++) {
      for (const other of result) {
        const along = dot(vector, other);
        for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) - along * (other[i] as number);
      }
    }
    const length = Math.sqrt(dot(vector, vector));
    if (!(length > before * 1e-10)) continue;
    for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / length;
    result.push(vector);
  }
  return result;
}

/** All eigenvalues of a small symmetric matrix (cyclic Jacobi rotations); column i of `vectors` belongs to value i. */
function jacobi(matrix: readonly (readonly number[])[]): { values: number[]; vectors: number[][] } {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = a.map((_, i) => a.map((__, j) => (i === j ? 1 : 0)));
  const at = (m: number[][], i: number, j: number): number => (m[i] as number[])[j] as number;
  const rotate = (m: number[][], i: number, j: number, k: number, l: number, s: number, c: number): void => {
    const [x, y] = [at(m, i, j), at(m, k, l)];
    (m[i] as number[])[j] = c * x - s * y;
    (m[k] as number[])[l] = s * x + c * y;
  };
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    let on = 0;
    for (let i = 0; i < n; i++) {
      on += at(a, i, i) * at(a, i, i);
      for (let j = 0; j < i; j++) off += at(a, i, j) * at(a, i, j);
    }
    if (off <= on * 1e-28) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const apart = at(a, p, q);
        if (apart === 0) continue;
        const theta = (at(a, q, q) - at(a, p, p)) / (2 * apart);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) rotate(a, k, p, k, q, s, c);
        for (let k = 0; k < n; k++) rotate(a, p, k, q, k, s, c);
        for (let k = 0; k < n; k++) rotate(v, k, p, k, q, s, c);
      }
    }
  }
  return { values: a.map((row, i) => row[i] as number), vectors: v };
}

function signed(axis: Float64Array): Float64Array {
  let largest = 0;
  for (const component of axis) if (Math.abs(component) > Math.abs(largest)) largest = component;
  return largest < 0 ? axis.map((component) => -component) : axis;
}

/** Length 1; zeros stay zeros. */
export function unit(row: Int8Array): Float64Array {
  const point = Float64Array.from(row);
  const length = Math.sqrt(dot(point, point));
  if (length > 0) for (let i = 0; i < point.length; i++) point[i] = (point[i] as number) / length;
  return point;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
