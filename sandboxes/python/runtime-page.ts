import { fetchCPython } from './assets-page.ts';
import { createPythonRuntime } from './runtime.ts';

/** The Python of this page or worker. */
export const pagePython = createPythonRuntime(fetchCPython);
