/** What candidates other than scripts run in. Each place brings it its own way: `browser/realms.ts`, `node/realms.ts`. */
import type { RealmKind } from '../contract.ts';
import type { Realm } from './protocol.ts';

export type HostedRealm = Exclude<RealmKind, 'script'>;

/** Rejects with a reason for people where it can't be had; may be called again. */
export type LoadRealm = (kind: HostedRealm) => Promise<Realm>;
