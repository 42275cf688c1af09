/** What a key does to the page. */
import type { KeyCommand } from './keys.ts';
import type { Page } from './page.svelte.ts';

export function pressKey(page: Page, command: KeyCommand): void {
  const { run } = page;
  switch (command) {
    case 'toggle':
      void page.toggle();
      return;
    case 'step':
      void page.step();
      return;
    case 'stage':
      void page.stepStage();
      return;
    case 'best':
      run.select(null);
      return;
    case 'previous':
      run.move(-1);
      return;
    case 'next':
      run.move(1);
      return;
    case 'parent':
      if (run.shown && run.shown.parent !== null) run.select(run.shown.parent);
      return;
    case 'seed':
      run.select(0);
      return;
    case 'help':
      page.helpOpen = true;
      return;
    default:
      command satisfies never;
  }
}
