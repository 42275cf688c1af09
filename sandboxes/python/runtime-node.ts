import { readCPython } from './assets-node.ts';
import { createPythonRuntime } from './runtime.ts';

/** The Python of this process. */
export const nodePython = createPythonRuntime(readCPython);
