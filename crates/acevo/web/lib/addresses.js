// The addresses at which overlays can be reached: from this computer, and from other devices.

const isLoopback = (host) => host === 'localhost' || host === '[::1]' || /^127\./.test(host);

/**
 * Where overlays can be opened, the most useful one first: `label`, `base` (without a slash at the end) and `token`, which is empty if none is
 * needed. `addresses` is the answer of `/api/addresses`, or `null`; `page` is the location of this page.
 */
export function basesOf(addresses, page) {
  const token = addresses?.token ?? '';
  const network = (Array.isArray(addresses?.network) ? addresses.network : []).filter((base) => typeof base === 'string');
  const forOthers = (label, bases) => bases.map((base) => ({ label, base, token }));
  if (isLoopback(page.hostname)) {
    // The port of the page, which differs from that of the server in a tunnel.
    const here = { label: 'OBS on this computer', base: `http://127.0.0.1${page.port ? `:${page.port}` : ''}`, token: '' };
    return [here, ...forOthers('Other devices', network)];
  }
  // The page's own address certainly works for this device.
  const reached = [page.origin, ...network.filter((base) => base !== page.origin)];
  if (addresses?.is_same_computer && addresses.here) return [{ label: 'OBS on this computer', base: addresses.here, token: '' }, ...forOthers('Other devices', reached)];
  return forOthers('This and other devices', reached);
}

/** An address with a query of options, and the token first if there is one. */
export function addressOf({ base, token }, path, options) {
  const query = new URLSearchParams();
  if (token) query.set('token', token);
  for (const [name, value] of Object.entries(options)) query.set(name, value);
  const text = query.toString();
  return `${base}${path}${text ? `?${text}` : ''}`;
}
