/** What goes to the realms of Python candidates: the frozen interpreter, and what has to be known of it. */
import type { Realm } from '../hosting/protocol.ts';
import { PYTHON_DATA, PYTHON_MODULE } from './guest.ts';
import type { PythonImage } from './image.ts';

/** `text`: `realm-main.ts`, bundled. */
export function pythonRealm(text: string, image: PythonImage): Realm {
  return { text, modules: { [PYTHON_MODULE]: image.wasm }, data: { [PYTHON_DATA]: image.frozen } };
}
