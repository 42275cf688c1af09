/** A vitest reporter that leaves the counts, and the reason of every skip, in the file named by GENESIS_COUNTS. */
import { writeFileSync } from 'node:fs';

export default class CountsReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: 0, skipped: /** @type {{ name: string, reason: string }[]} */ ([]) };
    for (const module of modules) {
      let failedInside = 0;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed++;
        else if (result.state === 'failed') failedInside++;
        else counts.skipped.push({ name: test.fullName, reason: reasonOf(test, result) });
      }
      // A file that fails before or after its tests (an import, a hook) counts as one failure.
      if (failedInside === 0 && module.state() === 'failed') failedInside = 1;
      counts.failed += failedInside;
    }
    if (counts.failed === 0 && unhandledErrors.length > 0) counts.failed = 1;
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
