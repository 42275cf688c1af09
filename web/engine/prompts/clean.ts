/** Text of programs, evaluators and models made fit to be read by a model: no control characters, no hidden text, bounded length. */

/**
 * Removes terminal escapes, control characters, zero-width and direction marks, tag characters and lone surrogates; line ends
 * become `\n`. One pass.
 */
export function removeControls(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text
    .replace(/\r\n?/g, '\n')
    .replace(ESCAPES, '')
    .replace(CONTROLS, '')
    .toWellFormed()
    .replaceAll('\uFFFD', '?');
}

// Control characters are what these are about.

const SUSPECT = /[^\n\t\x20-\x7e]/;
/** CSI sequences, and OSC sequences of bounded length. */
const ESCAPES = /[\x1b\x9b](?:\[?[0-9;?]{0,32}[A-Za-z]|\][^\x07\x1b\n]{0,256}(?:\x07|\x1b\\))?/g;
const CONTROLS =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;

/** One line of at most `most` characters, for use inside a sentence. */
export function inline(text: string, most = 300): string {
  const flat = removeControls(text.length > 4 * most ? text.slice(0, 4 * most) : text)
    .replace(/\s+/g, ' ')
    .trim();
  return flat.length > most
    ? `${flat
        .slice(0, most - 1)
        .toWellFormed()
        .replaceAll('\uFFFD', '')}…`
    : flat;
}
