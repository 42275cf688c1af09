/**
 * How the SDKs fetch in a page. What they say of themselves in headers is left out: a browser asks an endpoint first whether it takes each
 * of them, and endpoints that let pages in know the usual ones alone.
 */
export function pageFetch(ask: typeof fetch = fetch): typeof fetch {
  return (input, init) => {
    const headers = new Headers(init?.headers);
    for (const name of [...headers.keys()]) {
      if (name.startsWith('x-stainless-') || name === 'user-agent') headers.delete(name);
    }
    return ask(input, { ...init, headers, credentials: 'omit', cache: 'no-store', redirect: 'error' });
  };
}
