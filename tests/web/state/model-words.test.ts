import { describe, expect, it } from 'vitest';
import type { ModelSource } from '../../../web/models/source.ts';
import {
  addressProblem,
  FREE,
  isThisMachine,
  priceWords,
  sourceTitle,
  sumWords,
  whereWords,
} from '../../../web/state/model-words.ts';

const own = 'https://class.example/api/v1';
const endpoint = (base: string | null, kind: 'openai' | 'compatible' = 'compatible'): ModelSource => ({
  ...{ type: 'endpoint', kind, base, key: null },
});

describe('words for models', () => {
  it('say where the text goes, and never call a stranger this computer', () => {
    const relay = (base: string): ModelSource => ({ type: 'relay', base, token: 't' });
    expect(whereWords(relay(own), 'anthropic', own)).toBe('To Anthropic, through this page’s relay');
    expect(whereWords(relay('https://b.example/api/v1'), 'x', own)).toBe('To x, through the relay at b.example');
    expect(whereWords(endpoint(null, 'openai'), 'openai', own)).toBe('To OpenAI, from this page');
    expect(whereWords(endpoint('http://localhost:11434/v1'), 'x', own)).toBe(
      'Stays on this computer (localhost:11434)',
    );
    expect(whereWords(endpoint('https://llm.example/v1'), 'x', own)).toBe('To llm.example, from this page');
    for (const near of ['http://127.0.0.1:1/v1', 'http://[::1]:8000', 'http://LOCALHOST/v1'])
      expect(isThisMachine(near), near).toBe(true);
    for (const far of ['http://127.0.0.1.example/v1', 'https://localhost.example', 'http://10.0.0.1/v1', 'nonsense'])
      expect(isThisMachine(far), far).toBe(false);
  });

  it('name sources as people know them', () => {
    expect(sourceTitle(endpoint('http://localhost:11434/v1'), own)).toBe('Ollama');
    expect(sourceTitle(endpoint('http://localhost:9/v1'), own)).toBe('localhost:9');
    expect(sourceTitle(endpoint(null, 'openai'), own)).toBe('OpenAI');
    expect(sourceTitle({ type: 'relay', base: own, token: 't' }, own)).toBe('This page’s relay');
  });

  it('give prices and sums', () => {
    expect(priceWords(null)).toBe('unknown');
    expect(priceWords(FREE)).toBe('free');
    expect(priceWords({ ...FREE, input: 0.1, output: 0.5 })).toBe('$0.10 in, $0.50 out');
    expect(priceWords({ ...FREE, input: 2, output: 0.025 })).toBe('$2 in, $0.025 out');
    expect(priceWords({ ...FREE, input: 2, output: 10, search: 0.01 })).toBe('$2 in, $10 out, $0.01 a web search');
    expect(priceWords({ ...FREE, search: 0.01 })).toBe('$0 in, $0 out, $0.01 a web search');
    expect(priceWords({ ...FREE, search: 0 })).toBe('free, and so are web searches');
    expect([0.5, 12, 0.005, 1.25].map(sumWords)).toEqual(['$0.50', '$12', '$0.005', '$1.25']);
  });

  it('say what is wrong with an address', () => {
    expect(addressProblem('http://localhost:11434/v1')).toBe('');
    expect(addressProblem('localhost')).toContain('This is no address');
    expect(addressProblem('ftp://a')).toContain('begins with http');
    expect(addressProblem('https://me:secret@a/v1')).toContain('no password');
  });
});
