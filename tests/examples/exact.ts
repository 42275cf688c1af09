/** Doubles as the rationals they are: every finite double is a whole multiple of 2⁻¹⁰⁷⁴. */
const words = new DataView(new ArrayBuffer(8));

export function exact(value: number): bigint {
  words.setFloat64(0, value);
  const bits = words.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  if (exponent === 0x7ff) throw new Error(`${value} is not finite`);
  const fraction = bits & 0xfffffffffffffn;
  const size = exponent === 0 ? fraction : (fraction | 0x10000000000000n) << BigInt(exponent - 1);
  return bits >> 63n === 1n ? -size : size;
}

/** Exact squared distance in units of 2⁻²¹⁴⁸. */
export function exactSquare(a: readonly number[], b: readonly number[]): bigint {
  const dx = exact(a[0] as number) - exact(b[0] as number);
  const dy = exact(a[1] as number) - exact(b[1] as number);
  return dx * dx + dy * dy;
}
