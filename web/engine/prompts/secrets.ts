/**
 * Takes likely secrets out of text that enters a prompt or an event: shapes of known keys, bearer tokens, values given to names
 * such as `api_key`, credentials in URLs, private key blocks, and long tokens that look drawn at random. Linear in the length of
 * the text. It errs towards removing: what is lost is a token no model needs.
 */
import { removeControls } from './clean.ts';

export const REMOVED = '[secret removed]';

/** Without secrets and without control characters. */
export function removeSecrets(text: string): string {
  return removeTokens(removeUserInfo(removeKeyBlocks(removeControls(text))));
}

const BLOCK_NAMES = ['PRIVATE KEY-----', 'PRIVATE KEY BLOCK-----'];

/** `-----BEGIN … PRIVATE KEY-----` to its END, or to the end of the text where it has none. */
function removeKeyBlocks(text: string): string {
  let out = '';
  let at = 0;
  for (;;) {
    const begin = text.indexOf('-----BEGIN ', at);
    if (begin < 0) return out + text.slice(at);
    const header = text.slice(begin, begin + 80).split('\n', 1)[0] as string;
    if (!BLOCK_NAMES.some((name) => header.includes(name))) {
      out += text.slice(at, begin + 11);
      at = begin + 11;
      continue;
    }
    out += text.slice(at, begin) + REMOVED;
    const end = text.indexOf('-----END ', begin);
    if (end < 0) return out;
    const close = text.indexOf('-----', end + 9);
    at = close < 0 ? text.length : close + 5;
  }
}

/** `scheme://name:password@host` loses name and password. */
function removeUserInfo(text: string): string {
  let out = '';
  let at = 0;
  for (let mark = text.indexOf('://'); mark >= 0; mark = text.indexOf('://', at)) {
    const from = mark + 3;
    let end = from;
    let sign = -1;
    while (end < text.length && !ENDS_AUTHORITY.has(text.charCodeAt(end))) {
      if (text.charCodeAt(end) === 64) sign = end;
      end++;
    }
    out += text.slice(at, from) + (sign > from ? `${REMOVED}@` : '');
    out += text.slice(sign > from ? sign + 1 : from, end);
    at = end;
  }
  return out + text.slice(at);
}

const ENDS_AUTHORITY: ReadonlySet<number> = new Set([...' \t\n/?#"\'`<>()[]{},;'].map((c) => c.charCodeAt(0)));

/** Maximal runs of what tokens are made of: each character belongs to one run, so the scan is linear. */
const RUNS = /[A-Za-z0-9_+/=~.-]+/g;

function removeTokens(text: string): string {
  // What the last run asks of the next one: it names a secret, or it announces one (`Bearer`).
  let expects: 'value' | 'token' | null = null;
  let end = 0;
  return text.replace(RUNS, (run, offset: number) => {
    if (run === '=' || run === '==') return run;
    const between = text.slice(end, Math.min(offset, end + 9));
    end = offset + run.length;
    const expected: typeof expects = follows(expects, between) ? expects : null;
    const announces = /^(?:bearer|basic)$/i.test(run);
    expects = announces ? 'token' : namesSecret(run) ? 'value' : null;
    if (expected === 'token' && run.length >= 8) return REMOVED;
    if (expected === 'value' && !announces && run.length >= 6 && looksLikeValue(run)) return REMOVED;
    const assigned = run.indexOf('=');
    if (assigned > 0 && assigned < 64 && namesSecret(run.slice(0, assigned))) {
      const value = run.slice(assigned + 1);
      if (value.length >= 6 && looksLikeValue(value)) return `${run.slice(0, assigned + 1)}${REMOVED}`;
      if (value === '') expects = 'value';
    }
    return hasKeyShape(run) || looksDrawn(run) || run.split(JOINTS).some(looksDrawn) ? REMOVED : run;
  });
}

/** What joins names, paths and values to one run. */
const JOINTS = /[/=~.]/;

function follows(expects: 'value' | 'token' | null, between: string): boolean {
  if (expects === null) return false;
  return expects === 'token' ? /^[ \t]{1,4}$/.test(between) : /^["'`]?[ \t]{0,3}[:=]?>?[ \t]{0,3}["'`]?$/.test(between);
}

/** Names end in what they hold; `max_tokens` and `tokenizer` are none. */
function namesSecret(name: string): boolean {
  return (
    name.length < 64 &&
    /(?:api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|secret|password|passwd|pwd|credentials?|authorization|(?:^|[_.-])token|[a-z](?:Token)|TOKEN)=?$/i.test(
      name,
    )
  );
}

/** A word is more likely prose ("password required"); a value has digits or signs, or mixes case. */
function looksLikeValue(run: string): boolean {
  return /[0-9]/.test(run) ? /[A-Za-z_+/=~-]/.test(run) || run.length >= 12 : /[a-z][A-Z][a-z]|[_+=~]/.test(run);
}

/** Prefixes that providers give their keys, with the least length of what follows. */
const SHAPES: readonly (readonly [string, number])[] = [
  ['sk-', 16],
  ['sk_live_', 10],
  ['sk_test_', 10],
  ['rk_live_', 10],
  ['pk_live_', 10],
  ['whsec_', 16],
  ['ghp_', 20],
  ['gho_', 20],
  ['ghu_', 20],
  ['ghs_', 20],
  ['ghr_', 20],
  ['github_pat_', 20],
  ['glpat-', 16],
  ['xoxa-', 10],
  ['xoxb-', 10],
  ['xoxp-', 10],
  ['xoxr-', 10],
  ['xoxs-', 10],
  ['xapp-', 10],
  ['AKIA', 16],
  ['ASIA', 16],
  ['AIza', 30],
  ['ya29.', 20],
  ['hf_', 20],
  ['npm_', 20],
  ['pypi-', 20],
  ['gsk_', 20],
  ['xai-', 20],
  ['r8_', 20],
  ['e2b_', 16],
  ['pplx-', 20],
  ['SG.', 20],
  ['dop_v1_', 20],
  ['eyJ', 30],
];

function hasKeyShape(run: string): boolean {
  if (run.length < 14) return false;
  for (const [prefix, least] of SHAPES) {
    // A key may hang on a path or a name: look at the beginnings of the parts.
    for (let at = run.indexOf(prefix); at >= 0; at = run.indexOf(prefix, at + prefix.length)) {
      const before = at === 0 ? '/' : (run[at - 1] as string);
      if ('/=+~.'.includes(before) && run.length - at - prefix.length >= least) return true;
    }
  }
  return false;
}

/** Whether a long token looks random: hexadecimal, or letters of both cases and digits that change places all the time. */
function looksDrawn(run: string): boolean {
  if (run.length < 24) return false;
  let letters = 0;
  let digits = 0;
  let lower = false;
  let upper = false;
  let hexadecimal = true;
  let changes = 0;
  let last = -1;
  const seen = new Set<number>();
  for (let i = 0; i < run.length; i++) {
    const c = run.charCodeAt(i);
    seen.add(c);
    let kind = 3;
    if (c >= 48 && c <= 57) kind = 0;
    else if (c >= 97 && c <= 122) kind = 1;
    else if (c >= 65 && c <= 90) kind = 2;
    if (kind === 0) digits++;
    else if (kind === 3) hexadecimal = false;
    else letters++;
    if (kind === 1) lower = true;
    if (kind === 2) upper = true;
    if (kind !== 0 && ((c | 32) < 97 || (c | 32) > 102)) hexadecimal = false;
    if (last >= 0 && kind !== last) changes++;
    last = kind;
  }
  if (hexadecimal && run.length >= 32 && letters >= 4 && digits >= 4) return true;
  return lower && upper && digits >= 2 && seen.size >= 14 && changes >= 0.35 * run.length;
}
