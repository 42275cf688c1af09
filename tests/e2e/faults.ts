/** What axe finds. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright';

export interface FaultsOptions {
  /** A selector: only what is in it. */
  readonly within?: string;
  /** Also what is in frames of other origins: the sandbox, in which nobody sees anything. Takes three times as long. */
  readonly frames?: boolean;
}

/** `rule: HTML of the elements` for each rule that the page breaks. */
export async function faultsOf(page: Page, { within, frames = false }: FaultsOptions = {}): Promise<string[]> {
  // Of what is right, axe would otherwise make out where it stands, element by element.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode(!frames);
  if (within !== undefined) axe.include(within);
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
