/** Sharing as the page knows it before anybody shares: whether the dialog is open, and whether the address holds a link. The rest is loaded then. */
import type { ShareHelm, Sharing } from './sharing.svelte.ts';

export class ShareDoor {
  open = $state.raw(false);
  /** A link was followed: its card is shown until the person has chosen. */
  arrived = $state.raw(false);
  sharing = $state.raw<Sharing | null>(null);
  /** It could not be loaded. */
  failed = $state.raw(false);
  readonly #helm: ShareHelm;

  constructor(helm: ShareHelm) {
    this.#helm = helm;
  }

  async show(): Promise<void> {
    this.open = true;
    await (await this.load())?.look();
  }

  /** Whether the address holds something shared. It is read, and nothing of it runs. */
  arrive(): boolean {
    const { hash } = location;
    if (!/^#[xs]=/.test(hash)) return false;
    this.arrived = true;
    void this.load().then((sharing) => sharing?.arrive(hash));
    return true;
  }

  async load(): Promise<Sharing | null> {
    this.failed = false;
    try {
      const { Sharing } = await import('./sharing.svelte.ts');
      return (this.sharing ??= new Sharing(this.#helm, () => (this.arrived = false)));
    } catch {
      this.failed = true;
      return null;
    }
  }
}
