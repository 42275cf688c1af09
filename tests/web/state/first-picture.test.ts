import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { RunEvent } from '../../../web/engine/events.ts';
import { firstPicture } from '../../../web/state/first-picture.ts';
import { parsePicture } from '../../../web/state/picture.ts';

it('draws at once what the evaluator then says of the seed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'genesis-picture-'));
  try {
    const out = join(folder, 'run.jsonl');
    const script = fileURLToPath(new URL('../../../scripts/evolve.mjs', import.meta.url));
    execFileSync(process.execPath, [
      script,
      'circle-packing',
      '--seed',
      '1',
      '--evaluations',
      '1',
      '--out',
      out,
      '--json',
    ]);
    const events = readFileSync(out, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as RunEvent);
    const seed = events.find((event) => event.type === 'evaluated');
    const picture = parsePicture(seed?.type === 'evaluated' ? seed.evaluation?.artifacts['picture'] : null);
    expect(picture).not.toBeNull();
    const rounded: unknown = JSON.parse(
      JSON.stringify(picture, (_, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(4)) : value)),
    );
    expect(firstPicture('circle-packing')).toEqual(rounded);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
