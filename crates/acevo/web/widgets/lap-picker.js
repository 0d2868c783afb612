// A window to choose a lap of the library: sessions on the same track, and their laps.

import { el, setText, withAttributes } from '../lib/dom.js';
import { lapTimeMs } from '../lib/format.js';
import { carText, dateText } from '../lib/lap-names.js';
import * as library from '../lib/library.js';
import { button, checkField } from './form.js';

const LIMIT = 200;

/** Shows the window. `about` is a lap of the track; `live` are laps of the running session `{id, title}`. Resolves to the id of a lap, or `null`. */
export function pickLap(about, live) {
  const list = el('div', 'picker-list');
  const hint = el('p', 'hint', 'Loading …');
  const dialog = withAttributes(el('dialog', 'ask picker'), { 'aria-label': 'Choose a lap' });
  let sameCar = true;
  const same = checkField('Only the same car', (checked) => {
    sameCar = checked;
    load();
  });
  same.set(true);
  dialog.append(el('h2', '', 'Choose a lap'), about ? same.node : '', hint, list, el('div', 'ask-buttons', button('Cancel', () => dialog.close(''))));
  document.body.append(dialog);
  dialog.showModal();

  const row = (id, text, classes = '') => button(text, () => dialog.close(String(id)), { class: `tool picker-lap ${classes}` });

  async function load() {
    const filters = about ? { track: about.track, layout: about.layout, car: sameCar ? about.car : '', limit: LIMIT } : { limit: LIMIT };
    const { ok, answer, text } = await library.sessions(filters);
    if (!ok) {
      setText(hint, text || 'The library cannot be read.');
      return;
    }
    setText(hint, answer.sessions.length ? '' : 'No session of this track and car is in the library yet.');
    list.replaceChildren(...liveRows(), ...answer.sessions.map(sessionRow));
  }

  function liveRows() {
    if (live.length === 0) return [];
    return [el('h3', 'label', 'Running session'), ...live.map(({ id, title }) => row(id, title))];
  }

  function sessionRow(session) {
    const laps = el('div', 'picker-laps');
    const summary = el('summary', '', `${dateText(session.began) || session.file} · ${carText(session)} · ${lapTimeMs(session.best_ms)}`);
    const node = el('details', 'picker-session', summary, laps);
    node.addEventListener('toggle', async () => {
      if (!node.open || laps.firstChild) return;
      const { answer } = await library.session(session.id);
      laps.replaceChildren(...(answer?.laps ?? []).filter(({ time_ms: time }) => time).map((lap) => row(lap.id, `Lap ${lap.number}  ${lapTimeMs(lap.time_ms)}`)));
    });
    const best = session.best_lap ? row(session.best_lap, 'Best lap', 'tool-small') : '';
    return el('div', 'picker-row', node, best);
  }

  load();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue || null);
    }, { once: true });
  });
}
