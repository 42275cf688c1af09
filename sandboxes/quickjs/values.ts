/**
 * Plain data between two engines that share no memory: JSON in which every list begins with what it stands for. The inner half, in the prelude, is
 * told in the same words: `l` list, `o` object, `n` a number that JSON has no word for, `u` undefined, or the name of a typed array.
 */
const VIEWS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
] as const;

type View = InstanceType<(typeof VIEWS)[number]>;

export function encode(value: unknown): unknown {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : ['n', Object.is(value, -0) ? '-0' : `${value}`];
    case 'undefined':
      return ['u'];
    case 'object':
      break;
    default:
      return value;
  }
  if (value === null) return null;
  if (Array.isArray(value)) return ['l', ...value.map(encode)];
  const view = VIEWS.find((one) => value instanceof one);
  if (view) return [view.name, ...Array.from(value as View, encode)];
  return ['o', Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, encode(inner)]))];
}

/** What the inner half made: a candidate has no other way to say anything. */
export function decode(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const [kind, ...rest] = value as [string, ...unknown[]];
  switch (kind) {
    case 'u':
      return undefined;
    case 'n':
      return Number(rest[0]);
    case 'l':
      return rest.map(decode);
    case 'o': {
      const copy: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
      for (const [name, inner] of Object.entries(rest[0] as object)) copy[name] = decode(inner);
      return copy;
    }
    default: {
      const View = VIEWS.find(({ name }) => name === kind);
      if (!View) throw new Error(`"${kind}" is no kind of value`);
      return View.from(rest.map(decode) as number[]);
    }
  }
}
