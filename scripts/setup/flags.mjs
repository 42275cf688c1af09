/** Command lines: strict flags, and an error that shows how it is meant. */
import { parseArgs } from 'node:util';

/**
 * @template {NonNullable<Parameters<typeof parseArgs>[0]>['options']} T
 * @param {string} usage
 * @param {T} options as for `node:util` parseArgs; `help` is added
 * @param {{ positionals?: boolean }} [more]
 * @returns {{ values: Record<string, string | boolean | undefined>, positionals: string[] }} ends the process (2 on a mistake, 0 on --help)
 */
export function flags(usage, options, more = {}) {
  try {
    const { values, positionals } = parseArgs({
      args: process.argv.slice(2),
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: more.positionals ?? false,
      allowNegative: false,
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    return { values, positionals };
  } catch (error) {
    return fail(usage, error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {string} usage
 * @param {string} reason
 * @returns {never}
 */
export function fail(usage, reason) {
  console.error(`${reason}\n\n${usage}`);
  process.exit(2);
}

/**
 * @param {string} usage
 * @param {string} name
 * @param {string | boolean | undefined} text
 * @param {{ from: number, to: number }} range
 * @returns {number | null} null where the flag was not given
 */
export function wholeNumber(usage, name, text, range) {
  if (text === undefined) return null;
  const value = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= range.from && value <= range.to) return value;
  return fail(usage, `--${name} wants a whole number from ${range.from} to ${range.to}, not '${String(text)}'`);
}
