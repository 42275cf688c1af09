/** The models that answer in the page itself, but for a person, who needs a place to type. What they load stays out until it is asked for. */
import { createBuiltIn } from './built-in.ts';
import type { PageModel } from './page-model.ts';
import { createCardModels } from './web-llm.ts';

export const pageModels: readonly PageModel[] = [createBuiltIn(), ...createCardModels()];
