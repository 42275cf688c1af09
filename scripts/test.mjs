/** `npm test`: every check and test there is, and one closing line that counts them. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './setup/child.mjs';
import { fail, flags } from './setup/flags.mjs';
import { newerNode } from './setup/newer-node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { ensureSite } from './setup/site.mjs';
import { ensureChromium } from './test/chromium.mjs';

const usage = `npm test [-- part ...]

  Parts: types lint format licences build unit browser checks e2e. All of them where none is named.`;

const PARTS = ['types', 'lint', 'format', 'licences', 'build', 'unit', 'browser', 'checks', 'e2e'];
const { positionals } = flags(usage, {}, { positionals: true });
const unknown = positionals.find((name) => !PARTS.includes(name));
if (unknown !== undefined) fail(usage, `There is no part '${unknown}'`);
const wanted = (/** @type {string} */ part) => positionals.length === 0 || positionals.includes(part);

await ensurePackages({ development: true });
const node = await newerNode();

/** @type {import('./test/counts-reporter.mjs').Counts} */
const total = { passed: 0, failed: [], skipped: [], again: [] };

// None of them waits for another, and there are two cores.
await Promise.all([
  single('types', ['node_modules/svelte-check/bin/svelte-check', '--tsconfig', 'tsconfig.json', '--output', 'human']),
  single('lint', ['node_modules/eslint/bin/eslint.js', '.']),
  single('format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']),
  single('licences', ['scripts/licences.mjs', '--quiet']),
  site(),
]);
const chromium = ['browser', 'e2e'].some(wanted) ? await ensureChromium(node) : null;
await oneByOne(['unit'], {});
// These wait for pages half of their time, and e2e takes longest. Of it only failures are shown, or their lines would be mixed.
await Promise.all([oneByOne(['browser', 'checks'], {}), oneByOne(['e2e'], { quiet: wanted('browser') })]);

tell('Skipped', total.skipped);
tell('Passed when tried again, having failed before', total.again);
tell('Failed', total.failed);
console.log(`\n${total.passed} passed, ${total.failed.length} failed, ${total.skipped.length} skipped`);
process.exitCode = total.failed.length > 0 || total.passed === 0 ? 1 : 0;

/**
 * @param {string} title
 * @param {readonly import('./test/counts-reporter.mjs').Told[]} list
 */
function tell(title, list) {
  if (list.length > 0) console.log(`\n${title}:`);
  for (const { name, reason } of list) console.log(`  ${name}: ${reason}`);
}

/** The built page, which other parts look at. */
async function site() {
  if (!['build', 'checks', 'e2e'].some(wanted)) return;
  const started = begin('build');
  count('build', (await ensureSite(node)) === 0, started);
}

/**
 * One tool that counts as one test. What it prints is shown where it fails.
 * @param {string} name
 * @param {readonly string[]} args
 */
async function single(name, args) {
  if (!wanted(name)) return;
  const started = Date.now();
  count(name, (await run(node, args, { quiet: true })) === 0, started);
}

/**
 * @param {readonly string[]} projects
 * @param {{ quiet?: boolean }} options
 */
async function oneByOne(projects, { quiet = false }) {
  for (const project of projects.filter(wanted)) {
    const page = project === 'browser' || project === 'e2e' ? chromium : null;
    if (page !== null && page.path === null) total.skipped.push(...testsIn(project, page.reason));
    else await vitest(project, page === null ? {} : { CHROMIUM: page.path }, quiet);
  }
}

/**
 * One vitest project, counted test by test. A project that dies or finds no test is a failure.
 * @param {string} project
 * @param {Record<string, string>} [env]
 * @param {boolean} [quiet] whether what it prints is shown only where it fails
 */
async function vitest(project, env = {}, quiet = false) {
  if (!wanted(project)) return;
  const started = quiet ? Date.now() : begin(project);
  mkdirSync(join(root, '.cache'), { recursive: true });
  const file = join(root, '.cache', `counts-${project}-${process.pid}.json`);
  const code = await run(
    node,
    ['node_modules/vitest/vitest.mjs', 'run', '--project', vitestName(project)].concat([
      '--reporter=default',
      '--reporter=./scripts/test/counts-reporter.mjs',
      '--silent=passed-only',
    ]),
    { env: { ...env, GENESIS_COUNTS: file }, quiet },
  );
  /** @type {import('./test/counts-reporter.mjs').Counts} */
  const counts = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { passed: 0, failed: [], skipped: [], again: [] };
  rmSync(file, { force: true });
  const ran = counts.passed + counts.failed.length > 0;
  if (counts.failed.length === 0 && (code !== 0 || !ran)) {
    counts.failed.push({ name: project, reason: ran ? `vitest ended with exit code ${code}` : 'no test ran' });
  }
  total.passed += counts.passed;
  total.failed.push(...counts.failed);
  total.skipped.push(...counts.skipped);
  total.again.push(...counts.again);
  end(project, started, `${counts.passed} passed, ${counts.failed.length} failed, ${counts.skipped.length} skipped`);
}

/** Vitest names the instances of a browser project after their browser, and `unit` has two parts. @param {string} project */
function vitestName(project) {
  return project === 'browser' || project === 'unit' ? `${project}*` : project;
}

/**
 * @param {string} name
 * @param {boolean} passed
 * @param {number} started
 */
function count(name, passed, started) {
  if (passed) total.passed++;
  else total.failed.push({ name, reason: 'what it printed stands above' });
  end(name, started, passed ? 'passed' : 'failed');
}

/** @param {string} name */
function begin(name) {
  console.log(`\n── ${name}`);
  return Date.now();
}

/**
 * @param {string} name
 * @param {number} started
 * @param {string} outcome
 */
function end(name, started, outcome) {
  console.log(`── ${name}: ${outcome} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

/**
 * The files of a project that can't run here, each as one skipped test.
 * @param {string} project
 * @param {string} reason
 */
function testsIn(project, reason) {
  console.log(`\n── ${project}: skipped (${reason})`);
  const names = filesBelow(join('tests', project)).filter((name) => name.endsWith('.test.ts'));
  return names.map((name) => ({ name, reason }));
}

/** @param {string} folder */
function filesBelow(folder) {
  return existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`)
    : [];
}
