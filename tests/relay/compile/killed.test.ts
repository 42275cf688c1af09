/** A relay that is killed leaves nothing running that it had locked away: nobody would hold that to its time any more. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import { findJail } from '../../../relay/compile/jail.ts';
import { needing } from '../../needing.ts';

const jail = fileURLToPath(new URL('../../../relay/compile/jail.ts', import.meta.url));
const script = `
import { findJail } from ${JSON.stringify(jail)};
const job = { command: '/bin/sh', args: ['-c', 'while :; do echo . >> beat; sleep 0.05; done'], folder: process.argv[1] };
const rest = { reads: [], writes: [], environment: {}, milliseconds: 60_000, megabytes: 512 };
void findJail().run({ ...job, ...rest }, new AbortController().signal);
`;

needing(findJail() === null ? 'needs bubblewrap or user namespaces' : null)(
  'ends with the relay that began it, however that ends',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'genesis-killed-'));
    const beats = (): number => (existsSync(join(folder, 'beat')) ? statSync(join(folder, 'beat')).size : 0);
    const relay = spawn(process.execPath, ['--input-type=module', '--eval', script, folder], { stdio: 'ignore' });
    try {
      await vi.waitFor(() => expect(beats()).toBeGreaterThan(4), { timeout: 20_000, interval: 50 });
      relay.kill('SIGKILL');
      await vi.waitFor(
        async () => {
          const before = beats();
          await new Promise((resolve) => setTimeout(resolve, 500));
          expect(beats()).toBe(before);
        },
        { timeout: 10_000 },
      );
    } finally {
      relay.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
