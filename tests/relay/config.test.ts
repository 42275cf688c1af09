import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capsOf, isLoopback, keyVariableOf, readConfig, readConfigFile, VARIABLES } from '../../relay/config.ts';

const read = (config: unknown, environment = {}, flags = {}) =>
  readConfig({ name: 'genesis.config.json', text: JSON.stringify(config) }, environment, flags);
const ok = (config: unknown, environment = {}, flags = {}) => {
  const result = read(config, environment, flags);
  if (result.type === 'failed') throw new Error(result.problems.join('\n'));
  return result.config;
};

describe('what is set', () => {
  it('listens on loopback alone, with limits, where nothing is set', () => {
    const result = readConfig(null, {});
    expect(result).toMatchObject({
      type: 'ok',
      config: {
        ...{ host: '127.0.0.1', port: 8420, names: [], origins: [], store: 'genesis.sqlite', local: true, proxies: 0 },
        ...{ providers: [], budget: {}, reuseReplies: false, nodeProjects: false, directModels: true, search: false },
        pythonPackages: false,
        compile: { crates: false },
        keep: { callDays: 90, clientDays: 365 },
        limits: { requestsPerMinute: 600, joinsPerMinute: 60, callsAtOnce: 16, callSeconds: 600, compilesAtOnce: 2 },
      },
    });
  });

  it('keeps for ever what is said to be kept for ever', () => {
    expect(ok({ keep: { callDays: null } }).keep).toEqual({ callDays: null, clientDays: 365 });
  });

  it('comes from the file, over it the environment, over that flags', () => {
    const file = { port: 1000, host: '10.0.0.1', store: 'a' };
    expect(ok(file)).toMatchObject({ port: 1000, host: '10.0.0.1', store: 'a' });
    expect(ok(file, { GENESIS_PORT: '2000', GENESIS_HOST: '' })).toMatchObject({ port: 2000, host: '10.0.0.1' });
    expect(ok(file, { GENESIS_PORT: '2000' }, { port: 3000, host: undefined })).toMatchObject({ port: 3000 });
  });

  it('is read from each variable as what it is', () => {
    const config = ok(
      {},
      {
        ...{ GENESIS_HOST: '0.0.0.0', GENESIS_PORT: '9000', GENESIS_NAMES: 'a.example, b.example', GENESIS_STORE: 's' },
        ...{
          GENESIS_ORIGINS: 'https://a.example',
          GENESIS_LOCAL: 'no',
          GENESIS_NODE_PROJECTS: '1',
          GENESIS_PYTHON_PACKAGES: 'https://a.example/full/',
          GENESIS_DIRECT_MODELS: '0',
          GENESIS_SEARCH: 'true',
          GENESIS_PROXIES: '1',
        },
      },
    );
    expect(config).toMatchObject({
      ...{ host: '0.0.0.0', port: 9000, names: ['a.example', 'b.example'], store: 's', origins: ['https://a.example'] },
      ...{ local: false, nodeProjects: true, directModels: false, search: true, proxies: 1 },
      pythonPackages: 'https://a.example/full/',
    });
    expect(Object.keys(VARIABLES).length).toBe(11);
  });

  it('offers the providers whose usual variable is there, and no other twice', () => {
    const environment = { OPENAI_API_KEY: 'x', ANTHROPIC_API_KEY: '', GEMINI_API_KEY: 'z' };
    expect(ok({}, environment).providers.map(({ kind }) => kind)).toEqual(['openai', 'google']);
    const own = { providers: [{ kind: 'openai', keyFrom: 'MINE', models: ['m'] }] };
    const { providers } = ok(own, environment);
    expect(providers.map(({ kind }) => kind)).toEqual(['openai', 'google']);
    expect(providers.map(keyVariableOf)).toEqual(['MINE', 'GEMINI_API_KEY']);
    expect(JSON.stringify(ok(own, environment))).not.toContain('"x"');
  });

  it('says which crates programs may have', () => {
    expect(ok({ compile: { crates: ['itoa', 'smallvec'] } }).compile.crates).toEqual(['itoa', 'smallvec']);
    expect(ok({ compile: { crates: true } }).compile.crates).toBe(true);
  });

  it('knows loopback, and never widens a cap', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', '0.0.0.0', '::', '10.0.0.1'].map(isLoopback)).toEqual([
      ...[true, true, true, false, false, false],
    ]);
    expect(capsOf({ dollars: 0.1, calls: 2 })).toEqual({ nano: 100_000_000, tokens: null, calls: 2 });
    expect(capsOf({ dollars: 0.0000000019 }).nano).toBe(1);
  });
});

describe('what is wrong names its field and where it stands', () => {
  it.each([
    [{ port: 'x' }, 'genesis.config.json: port must be a number'],
    [{ port: 70_000 }, 'genesis.config.json: port must be 0 to 65535'],
    [{ port: 80.5 }, 'genesis.config.json: port must be a whole number'],
    [{ host: 'localhost' }, 'genesis.config.json: host must be an IP address such as 127.0.0.1 or 0.0.0.0'],
    [{ names: ['https://a.example'] }, 'genesis.config.json: names.0 must be a host name without scheme or port'],
    [{ origins: ['a.example'] }, 'genesis.config.json: origins.0 must be an origin like https://host'],
    [{ origins: ['https://a.example/path'] }, 'genesis.config.json: origins.0 must be an origin like https://host'],
    [{ origins: ['*'] }, 'genesis.config.json: origins.0 must be an origin like https://host'],
    [{ compile: { crates: 'all' } }, 'genesis.config.json: compile.crates must be true, false, or a list of names'],
    [{ compile: { crates: ['a b'] } }, 'genesis.config.json: compile.crates'],
    [{ compile: { crate: true } }, 'genesis.config.json: compile.crate is no setting of this relay'],
    [{ prot: 1 }, 'genesis.config.json: prot is no setting of this relay'],
    [{ limits: { bodyByte: 1 } }, 'genesis.config.json: limits.bodyByte is no setting of this relay'],
    [{ keep: { callDays: 0 } }, 'genesis.config.json: keep.callDays must be at least 1'],
    [{ keep: { clientDays: 0.5 } }, 'genesis.config.json: keep.clientDays must be a whole number'],
    [{ keep: { days: 3 } }, 'genesis.config.json: keep.days'],
    [{ limits: { callsAtOnce: 0 } }, 'genesis.config.json: limits.callsAtOnce must be at least 1'],
    [{ budget: { dollars: -1 } }, 'genesis.config.json: budget.dollars must not be negative'],
    [{ log: 'all' }, 'genesis.config.json: log must be "none" or "requests"'],
    [{ proxies: -1 }, 'genesis.config.json: proxies must not be negative'],
    [{ providers: [{ kind: 'mystery' }] }, 'genesis.config.json: providers.0.kind must be one of openai, anthropic'],
    [{ providers: [{ kind: 'compatible' }] }, 'genesis.config.json: providers.0 needs a baseURL'],
    [{ providers: [{ kind: 'openai', key: 'sk-secret' }] }, 'genesis.config.json: providers.0.key is no setting'],
    [
      { providers: [{ kind: 'openai', keyFrom: 'sk-secret' }] },
      'genesis.config.json: providers.0.keyFrom must be the name of an environment variable',
    ],
    [
      { providers: [{ kind: 'compatible', baseURL: 'file:///etc/passwd' }] },
      'genesis.config.json: providers.0.baseURL must begin with http:// or https://',
    ],
    [
      { providers: [{ kind: 'compatible', baseURL: 'http://user:pass@host/' }] },
      'genesis.config.json: providers.0.baseURL must not hold a user',
    ],
    [
      { providers: [{ kind: 'openai', models: [{ name: 'm', price: { input: 1 } }] }] },
      'genesis.config.json: providers.0.models.0',
    ],
    [{ providers: [{ kind: 'openai' }, { kind: 'openai' }] }, 'genesis.config.json: providers.1.id is "openai"'],
    [
      { providers: [{ kind: 'openai', models: [{ name: 'm', price: { input: 1, output: 1, search: -1 } }] }] },
      'genesis.config.json: providers.0.models.0',
    ],
    [{ search: 'yes' }, 'genesis.config.json: search must be true or false'],
    [[], 'genesis.config.json: must be a JSON object'],
  ])('%j', (config, problem) => {
    const result = read(config);
    expect(result.type).toBe('failed');
    if (result.type !== 'failed') return;
    expect(result.problems.join('\n')).toContain(problem);
    expect(result.problems.join('\n')).not.toMatch(/sk-secret|pass@/);
  });

  it.each([
    [{ GENESIS_PORT: 'many' }, {}, 'GENESIS_PORT: port must be a number'],
    [{ GENESIS_SEARCH: 'often' }, {}, 'GENESIS_SEARCH: search must be true or false'],
    [{ GENESIS_LOCAL: 'maybe' }, {}, 'GENESIS_LOCAL: local must be true or false'],
    [{}, { port: Number.NaN }, '--port: port must be a number'],
    [{}, { host: 'here' }, '--host: host must be an IP address'],
  ])('%j %j', (environment, flags, problem) => {
    const result = readConfig(null, environment, flags);
    expect(result.type === 'failed' && result.problems.join('\n')).toContain(problem);
  });

  it('a file that is no JSON, and one that is not there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'genesis-config-'));
    try {
      expect(readConfigFile(join(folder, 'none.json'))).toBeNull();
      writeFileSync(join(folder, 'c.json'), '{ "port": }');
      const result = readConfig(readConfigFile(join(folder, 'c.json')), {});
      expect(result.type === 'failed' && result.problems[0]).toContain('c.json: is no JSON');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
