// One widget or a layout on a transparent page, for streaming programs and windows next to the game. Options are in the address.

import { el, setHidden } from './lib/dom.js';
import { loop } from './lib/loop.js';
import { Model } from './lib/model.js';
import { overlayOptions, plate } from './lib/options.js';
import { restyleAll } from './lib/surface.js';
import { units } from './lib/units.js';
import { layoutPage } from './views/layout.js';
import { problemBox, stateLamp } from './widgets/explain.js';
import { WIDGETS } from './widgets/overlays.js';

const query = new URLSearchParams(location.search);
const name = decodeURIComponent(location.pathname.split('/').pop());
const widget = Object.hasOwn(WIDGETS, name) ? WIDGETS[name] : null;
const root = document.getElementById('overlay');

if (/^\/overlay\/?$/.test(location.pathname)) layoutPage(root, query);
else if (widget) start();
else listOverlays();

function listOverlays() {
  root.hidden = false;
  root.className = 'unknown';
  root.append(el('p', '', 'Unknown overlay. Available: '), ...Object.keys(WIDGETS).map((known) => {
    const link = el('a', '', known);
    link.href = `/overlay/${known}${location.search}`;
    return link;
  }));
}

function start() {
  document.title = `${widget.title} – acevo`;
  const options = overlayOptions(query, widget);
  units.use(options.units);
  plate(root, name, widget, options);
  const lamp = stateLamp(widget);
  const problem = problemBox();
  const model = new Model(widget.documents ?? []);
  const redraw = loop(model, () => {
    const explained = problem.update(model);
    // Without telemetry, or with nothing to show, the widget is invisible but laid out, so that it appears at once.
    const hasContent = model.hasTelemetry && update(model) !== false;
    root.classList.toggle('empty', !hasContent);
    root.classList.toggle('explained', explained);
    lamp.update(model);
    setHidden(root, false);
  });
  const update = widget.create(root, { ...options, resized: redraw });
  root.append(lamp.node, problem.node);
  restyleAll();
  model.subscribe([...new Set(widget.channels)], options.rate);
}
