// The list of session events. It is as long as the model's list, which has an upper bound.

import { el, setHidden } from '../lib/dom.js';
import { eventText, eventTime } from '../lib/event-text.js';
import { units } from '../lib/units.js';

const GOOD = new Set(['session_best', 'personal_best']);
const BAD = new Set(['invalidated', 'wrong_way', 'off_track', 'low_fuel', 'damage', 'overheating']);

function classOf({ event }) {
  if (GOOD.has(event)) return 'good';
  return BAD.has(event) ? 'bad' : '';
}

/** Newest first. Options: `most` lines. */
export function events(root, { most = 200 } = {}) {
  const empty = el('p', 'hint', 'No events yet.');
  const lines = el('ol', 'events');
  lines.setAttribute('aria-label', 'Events, newest first');
  root.append(empty, lines);
  let shown = 0;
  let version = '';
  return (model) => {
    const now = `${model.eventEpoch} ${units.version}`;
    if (version !== now) {
      version = now;
      lines.replaceChildren();
      shown = 0;
    } else if (shown === model.eventCount) return;
    for (const event of model.events) {
      if (event.number <= shown) continue;
      lines.prepend(el('li', classOf(event), el('span', 'when', eventTime(event)), el('span', 'lap-tag', event.lap ? `L${event.lap}` : ''),
        el('span', 'what', eventText(event))));
    }
    shown = model.eventCount;
    while (lines.childElementCount > most) lines.lastElementChild.remove();
    setHidden(empty, lines.childElementCount > 0);
  };
}
