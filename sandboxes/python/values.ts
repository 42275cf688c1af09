/** Plain data on its way into Python, as the JSON dialect that its decoder reads: with NaN and infinities, and floats kept apart from integers. */

const FLOATS = new Set(['Float16Array', 'Float32Array', 'Float64Array']);

/** Whole numbers become Python integers, others floats; elements of float arrays are floats always. What is undefined becomes None. */
export function encodeValue(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return encodeNumber(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return value.toString();
    case 'object':
      break;
    default:
      return 'null';
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(encodeValue).join()}]`;
  if (ArrayBuffer.isView(value)) return encodeView(value);
  return `{${Object.keys(value)
    .map((key) => `${JSON.stringify(key)}:${encodeValue((value as Record<string, unknown>)[key])}`)
    .join()}}`;
}

function encodeNumber(value: number): string {
  if (Number.isInteger(value))
    return Object.is(value, -0) ? '-0.0' : Math.abs(value) < 1e21 ? `${value}` : encodeFloat(value);
  return encodeFloat(value);
}

function encodeFloat(value: number): string {
  if (Number.isFinite(value)) {
    const text = Object.is(value, -0) ? '-0' : `${value}`;
    return /[.e]/.test(text) ? text : `${text}.0`;
  }
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

function encodeView(view: ArrayBufferView): string {
  const tag = (view as unknown as Record<symbol, unknown>)[Symbol.toStringTag];
  const numbers = Array.from(view as unknown as ArrayLike<number>);
  return `[${(FLOATS.has(tag as string) ? numbers.map(encodeFloat) : numbers).join()}]`;
}

/**
 * The first integer in a text of JSON that a number can't hold exactly, else null. Python's integers have no end, and JSON.parse would round
 * them in silence.
 */
export function inexactInteger(json: string): string | null {
  if (!/\d{16}/.test(json)) return null;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g)) {
    if (token.startsWith('"') || token.length < 16 || /[.eE]/.test(token)) continue;
    if (!Number.isSafeInteger(Number(token))) return token;
  }
  return null;
}
