/** A vitest reporter that leaves the counts, and the reasons of what failed, was skipped or passed only when tried again, in the file named by GENESIS_COUNTS. */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Enough of a reason to act on, little enough that ten of them fit on a page. */
const REASON_CHARACTERS = 600;

/** @typedef {{ name: string, reason: string }} Told */
/** @typedef {{ passed: number, failed: Told[], skipped: Told[], again: Told[] }} Counts `again`: passed, but not at once; they count as passed too. */

export default class CountsReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    /** @type {Counts} */
    const counts = { passed: 0, failed: [], skipped: [], again: [] };
    for (const module of modules) {
      const failedBefore = counts.failed.length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        const name = `${module.relativeModuleId} > ${test.fullName}`;
        if (result.state === 'passed') {
          counts.passed++;
          if (test.diagnostic()?.flaky) counts.again.push({ name, reason: wordsOf(result.errors ?? []) });
        } else if (result.state === 'failed') counts.failed.push({ name, reason: wordsOf(result.errors) });
        else counts.skipped.push({ name: test.fullName, reason: reasonOf(test, result) });
      }
      // A file that fails before or after its tests (an import, a hook) counts as one failure.
      if (counts.failed.length === failedBefore && module.state() === 'failed') {
        counts.failed.push({ name: module.relativeModuleId, reason: wordsOf(module.errors()) });
      }
    }
    if (counts.failed.length === 0 && unhandledErrors.length > 0) {
      counts.failed.push({ name: 'an error that no test caught', reason: wordsOf(unhandledErrors) });
    }
    writeFileSync(/** @type {string} */ (process.env['GENESIS_COUNTS']), JSON.stringify(counts));
  }
}

/**
 * @param {import('vitest/node').TestCase} test
 * @param {import('vitest/node').TestResult} result
 */
function reasonOf(test, result) {
  if (result.state === 'skipped' && result.note) return result.note;
  if (result.state === 'pending') return 'did not run';
  return test.options.mode === 'todo' ? 'to do' : 'marked to be skipped';
}

/**
 * What went wrong, and the first line of the project's own that it went through.
 * @param {readonly unknown[]} errors
 */
function wordsOf(errors) {
  const words = errors.map((error) => {
    const { message = String(error), stacks = [] } = /** @type {Partial<import('vitest').TestError>} */ (error ?? {});
    const [at] = stacks;
    return at === undefined ? message : `${message} (${relative('', at.file)}:${at.line})`;
  });
  const whole = stripVTControlCharacters(words.join('; ')).replaceAll(/\s+/g, ' ');
  return whole.length > REASON_CHARACTERS ? `${whole.slice(0, REASON_CHARACTERS)} …` : whole;
}
