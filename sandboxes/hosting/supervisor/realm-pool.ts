import type { Limits, Runnable, SandboxStats } from '../../contract.ts';
import type { Equipment, RealmReport, Role, Realm as Equipped } from '../protocol.ts';
import type { Handle, Surroundings } from './surroundings.ts';

export interface Realm {
  readonly role: Role;
  readonly handle: Handle;
  ready: boolean;
  ended: boolean;
  onReady: (() => void) | null;
  onEnd: ((reason: string, memory: boolean) => void) | null;
  onReport: ((report: RealmReport) => void) | null;
}

export interface RealmPool {
  /** `most`: candidates that may be at work at once. `realm` null: candidates are scripts. Settles when realms can be taken, or never will. */
  start(most: number, megabytes: number, realm: Equipped | null): Promise<void>;
  /** Whether what candidates run in is still made ready. */
  readonly equipping: boolean;
  /** Why candidates can't be run at all; null: they can. */
  readonly failure: string | null;
  /** A realm beside the warm ones. */
  spawn(role: Role): Realm;
  /** A fresh candidate's realm with its program: a warm one where there is one, else the one that began to start first. */
  take(program: Runnable, limits: Limits): Realm;
  /** Ends it; nothing is heard of it any more. */
  retire(realm: Realm): void;
  /** Starts the realms that are missing. */
  refill(): void;
  whenReady(realm: Realm, run: () => void, end: (reason: string, memory: boolean) => void): void;
  stats(): SandboxStats;
}

/** Keeps a few candidates' realms warm. Self-contained: it is turned to text. */
export function createRealmPool(at: Surroundings): RealmPool {
  'use strict';
  const SPARE = 2;
  const BOOTING = 2;
  const MOST_FAILURES = 8;
  /** How long a realm may take to start. */
  let bootMs = 10000;
  let most = 1;
  let megabytes = 256;
  const warm: Realm[] = [];
  let alive = 0;
  let opened = 0;
  let killed = 0;
  let bootFailures = 0;
  /** Of candidates' realms; null: they run scripts. */
  let text: string | null = null;
  let equipment: Equipment | null = null;
  let failure: string | null = null;
  let equipping = false;

  function spawn(role: Role): Realm {
    const ended = (reason: string, memory: boolean): void => {
      if (realm.ended) return;
      if (!realm.ready) bootFailures++;
      const { onEnd } = realm;
      retire(realm);
      onEnd?.(reason, memory);
      refill();
    };
    const realm: Realm = {
      role,
      handle: at.spawn(role, megabytes, role === 'candidate' ? text : null, {
        report(report) {
          if (realm.ended) return;
          if (report.type === 'ready') {
            realm.ready = true;
            bootFailures = 0;
            at.clearTimer(boot);
            realm.onReady?.();
            refill();
          } else realm.onReport?.(report);
        },
        end: ended,
      }),
      ready: false,
      ended: false,
      onReady: null,
      onEnd: null,
      onReport: null,
    };
    const boot = at.setTimer(() => {
      if (!realm.ready) ended('the realm did not start', false);
    }, bootMs);
    alive++;
    if (role === 'candidate' && equipment !== null) realm.handle.post({ type: 'equip', equipment });
    return realm;
  }

  function retire(realm: Realm): void {
    if (realm.ended) return;
    realm.ended = true;
    alive--;
    killed++;
    const place = warm.indexOf(realm);
    if (place >= 0) warm.splice(place, 1);
    realm.onReady = realm.onEnd = realm.onReport = null;
    realm.handle.terminate();
  }

  function refill(): void {
    if (bootFailures > MOST_FAILURES || equipping || failure !== null) return;
    // As many as have been wanted so far: who asks for one evaluation waits for no more realms to start than it takes.
    const target = Math.min(Math.max(1, most) + SPARE, Math.max(1, opened));
    let booting = 0;
    for (const realm of warm) if (!realm.ready) booting++;
    while (warm.length < target && booting < BOOTING) {
      warm.push(spawn('candidate'));
      booting++;
    }
  }

  /** Modules can't be sent into an opaque origin, so their bytes come here and are compiled once for all realms. */
  async function equip(realm: Equipped): Promise<void> {
    equipping = true;
    text = realm.text;
    const modules: Record<string, WebAssembly.Module> = {};
    try {
      for (const name of Object.keys(realm.modules)) {
        modules[name] = await WebAssembly.compile(realm.modules[name] as Uint8Array<ArrayBuffer>);
      }
      equipment = { modules, data: realm.data };
    } catch (error) {
      failure = `what candidates run in did not load: ${String(error).slice(0, 200)}`;
    }
    equipping = false;
  }

  return {
    async start(atOnce, size, realm) {
      most = atOnce;
      megabytes = size;
      bootMs = realm?.startMs ?? bootMs;
      if (realm !== null) await equip(realm);
      refill();
    },
    get equipping() {
      return equipping;
    },
    get failure() {
      return failure;
    },
    spawn,
    take(program, limits) {
      const place = Math.max(
        0,
        warm.findIndex((realm) => realm.ready),
      );
      const [kept] = warm.splice(place, 1);
      if (kept === undefined) bootFailures = 0;
      opened++;
      const realm = kept ?? spawn('candidate');
      realm.handle.post({ type: 'load', program, limits });
      return realm;
    },
    retire,
    refill,
    whenReady(realm, run, end) {
      realm.onEnd = end;
      if (realm.ready) run();
      else realm.onReady = run;
    },
    stats: () => ({ alive, ready: warm.filter((realm) => realm.ready).length, opened, killed }),
  };
}
