import { describe, expect, it } from 'vitest';
import { marksOf } from '../../../web/state/diagnostics.ts';

describe('marksOf', () => {
  it('reads what compilers say of the program’s own files', () => {
    const reason = 'kernel.c:3:7: error: expected ‘;’\nkernel.c:9: unused\n/usr/include/stdio.h:2:1: error: no\n';
    expect(marksOf(reason, ['kernel.c'])).toEqual([
      { severity: 'error', file: 'kernel.c', line: 3, column: 7, message: 'expected ‘;’' },
      { severity: 'error', file: 'kernel.c', line: 9, column: 0, message: 'unused' },
    ]);
  });

  it('finds a place behind words, and knows warnings', () => {
    expect(marksOf('the seed program is rejected: seed.js:2:13: identifier is missing', ['seed.js'])).toMatchObject([
      { line: 2, column: 13, message: 'identifier is missing' },
    ]);
    expect(marksOf('src/a.rs:4:1: warning: unused', ['src/a.rs'])[0]?.severity).toBe('warning');
  });

  it('reads a traceback: the lines in the program, the words at its end', () => {
    const reason =
      'Traceback (most recent call last):\n  File "/lib/runner.py", line 20, in call\n' +
      '  File "/program/seed.py", line 4, in curve\n    return 1 / x\nZeroDivisionError: division by zero';
    expect(marksOf(reason, ['seed.py'])).toEqual([
      { severity: 'error', file: 'seed.py', line: 4, column: 0, message: 'ZeroDivisionError: division by zero' },
    ]);
  });

  it('finds nothing in plain words, and one mark a place', () => {
    expect(marksOf('it took 12:30 to fail', ['seed.js'])).toEqual([]);
    expect(marksOf('a.c:1:1: x\na.c:1:1: y', ['a.c'])).toHaveLength(1);
  });
});
