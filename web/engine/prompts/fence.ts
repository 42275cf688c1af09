/** Fences that what they hold can't close: one backtick longer than the longest run of backticks inside. */

export function fence(text: string, tag: string): string {
  const marks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${marks}${tag}\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${marks}`;
}

function longestRun(text: string): number {
  let longest = 0;
  for (let at = text.indexOf('`'); at >= 0; at = text.indexOf('`', at)) {
    let end = at;
    while (text.charCodeAt(end) === 96) end++;
    longest = Math.max(longest, end - at);
    at = end;
  }
  return longest;
}
