// One widget on a transparent page, for streaming programs and second windows. The address says how it looks.

import { el, setHidden, setText } from './dom.js';
import { units } from './format.js';
import { loop } from './loop.js';
import { Model } from './model.js';
import { restyleAll } from './surface.js';
import { overlayOptions, plate } from './options.js';
import { WIDGETS } from './widgets.js';

const name = decodeURIComponent(location.pathname.split('/').pop());
const widget = Object.hasOwn(WIDGETS, name) ? WIDGETS[name] : null;
const root = document.getElementById('overlay');

if (widget) start();
else {
  root.hidden = false;
  root.className = 'unknown';
  root.append(el('p', '', 'There are these overlays: '), ...Object.keys(WIDGETS).map((known) => {
    const link = el('a', '', known);
    link.href = `/overlay/${known}${location.search}`;
    return link;
  }));
}

function start() {
  document.title = `${widget.title} – acevo`;
  const options = overlayOptions(new URLSearchParams(location.search), widget);
  units.use(options.units);
  plate(root, name, widget, options);
  const state = el('span', 'lamp lamp-warn overlay-state');
  // Hidden until there is telemetry; laid out all the same, so that it is there at once.
  const model = new Model(widget.documents ?? []);
  const ask = loop(model, () => {
    root.classList.toggle('empty', !model.hasTelemetry);
    setText(state, (widget.physics ? model.gap : '') || (model.watches ? 'Watching another car' : ''));
    setHidden(state, !state.textContent);
    setHidden(root, false);
    if (model.hasTelemetry) update(model);
  });
  const update = widget.create(root, { ...options, resized: ask });
  root.append(state);
  restyleAll();
  model.subscribe([...new Set(widget.channels)], options.rate);
}
