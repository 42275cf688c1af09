import type { ModelRequest } from '../../../../web/engine/models/model.ts';

export function requestFor(text: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: 'here',
    purpose: 'propose',
    messages: [{ role: 'user', content: text }],
    tokens: 100,
    temperature: null,
    effort: 'none',
    seed: 1,
    key: 'run/7/0/hash',
    ...more,
  };
}
