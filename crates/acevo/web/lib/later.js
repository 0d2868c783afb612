// Views whose code is loaded when they are shown for the first time.

import { el } from './dom.js';

/**
 * A function that creates a view as soon as its module is loaded. `load` imports the module, and `name` is the function in it. Until then the
 * view shows that it is loading; the last address that it gets is passed on.
 */
export function later(load, name) {
  return (root, tools) => {
    const wait = el('p', 'hint', 'Loading …');
    root.append(wait);
    let route = null;
    let view = null;
    load().then((module) => {
      wait.remove();
      view = module[name](root, tools);
      if (route) view.route?.(route);
      tools.loaded();
    }).catch(() => {
      wait.textContent = 'This view cannot be loaded: check that acevo runs, and reload this page.';
    });
    return {
      get channels() {
        return view?.channels ?? [];
      },
      route(next) {
        route = next;
        view?.route?.(next);
      },
      update: (model) => view?.update(model),
    };
  };
}
