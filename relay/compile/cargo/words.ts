/** Whether projects may have crates here, for people. */
import type { Found } from '../native.ts';
import { cargoFor } from './tool.ts';
import type { CratePolicy } from './policy.ts';

export function crateWords(policy: CratePolicy, found: Found): string {
  const cargo = cargoFor(found.reads[0] as string);
  if (cargo.type === 'missing') return `Single files, without crates: ${cargo.reason}.`;
  if (policy === true) return 'With crates from crates.io.';
  if (policy === false || policy.length === 0)
    return 'Without crates: the relay’s owner allows them by compile.crates in genesis.config.json.';
  const shown = policy.slice(0, 8).join(', ');
  return `With these crates, and what they need: ${shown}${policy.length > 8 ? ` and ${policy.length - 8} more` : ''}.`;
}
