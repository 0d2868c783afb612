// All cars of the session: order, gaps, laps and sectors.

import { el, panel, setHidden, setText, withAttributes } from '../lib/dom.js';
import { hasOthers, isRace, sourceText } from '../lib/field.js';
import { words } from '../lib/format.js';
import { LEGEND, timing } from '../widgets/timing.js';

const NO_CARS = 'No cars. They appear as soon as a session has begun.';
const ALONE = 'There are no other cars in this session.';

/** Session, phase and order in words. */
function aboutText({ status, field }) {
  const names = [field.track, words(status.session), words(field.phase || status.phase)].filter(Boolean);
  return [...new Set(names), isRace(field) ? 'Order: race' : 'Order: best laps, gaps are differences of best laps'].join(' · ');
}

export function timingView(root) {
  const { node, body } = panel('timing', 'Timing');
  const [about, source, note] = [el('p', 'timing-about'), el('p', 'hint timing-source'), el('p', 'hint timing-note')];
  // The keyboard can scroll it.
  const holder = withAttributes(el('div', 'scroll timing-scroll'), { tabindex: '0', role: 'region', 'aria-label': 'Table of all cars' });
  const update = timing(holder);
  const legend = el('p', 'hint timing-legend', LEGEND);
  body.append(el('div', 'timing-head', about, source), note, holder, legend);
  root.append(node);
  return {
    channels: [],
    update(model) {
      const { cars } = model.field;
      setHidden(about, cars.length === 0);
      setHidden(source, cars.length === 0);
      setHidden(holder, cars.length === 0);
      setHidden(legend, cars.length === 0);
      setText(about, aboutText(model));
      setText(source, sourceText(model.field));
      setText(note, cars.length === 0 ? NO_CARS : ALONE);
      setHidden(note, hasOthers(cars));
      update(model);
    },
  };
}
