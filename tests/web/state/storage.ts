/** What a browser keeps, for tests in Node. `full` makes every write fail. */
export function fakeStorage(): { full: boolean } {
  const place = { full: false };
  const make = (): Storage => {
    const map = new Map<string, string>();
    return {
      get length() {
        return map.size;
      },
      clear: () => map.clear(),
      getItem: (key) => map.get(key) ?? null,
      key: (i) => [...map.keys()][i] ?? null,
      removeItem: (key) => void map.delete(key),
      setItem: (key, value) => {
        if (place.full) throw new DOMException('full', 'QuotaExceededError');
        map.set(key, value);
      },
    };
  };
  Object.assign(globalThis, { localStorage: make(), sessionStorage: make() });
  return place;
}
