// The part of the address after `#`: the name of a view, what it shows, and its options: `sessions/12`, `compare?laps=3,8`.

/** Reads the address of a view. Any text gives a route; the view may not exist. */
export function routeOf(hash) {
  const text = hash.replace(/^#/, '');
  const at = text.indexOf('?');
  const [path, query] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  const slash = path.indexOf('/');
  const [view, rest] = slash < 0 ? [path, ''] : [path.slice(0, slash), path.slice(slash + 1)];
  return { view, rest, query: new URLSearchParams(query) };
}

/** The address of a view without `#`. Options that are empty are left out; commas and colons stay readable. */
export function addressOf(view, rest = '', options = {}) {
  const query = new URLSearchParams(Object.entries(options).filter(([, value]) => value !== '' && value !== null && value !== undefined));
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return `${view}${rest ? `/${rest}` : ''}${text ? `?${text}` : ''}`;
}
