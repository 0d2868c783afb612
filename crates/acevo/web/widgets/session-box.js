// The session: track, phase, remaining time, laps, and the flag.

import { el, figure, setText } from '../lib/dom.js';
import { clock, words } from '../lib/format.js';
import { lapOf } from '../lib/laps.js';
import { flagBand } from './race.js';

export const sessionBoxChannels = ['session_time_left', 'session_laps', 'laps_completed', 'flag', 'flag_global', 'wrong_way'];

export function sessionBox(root) {
  const [track, phase] = [el('strong', 'session-track'), el('span', 'session-phase')];
  const [left, laps] = [figure('Time left'), figure('Laps')];
  const box = el('div', 'session-box', el('div', 'session-names', track, phase), el('div', 'figures', left.node, laps.node));
  root.append(box);
  const flag = flagBand(box);
  return (model) => {
    const { status, field } = model;
    setText(track, [status.track, status.configuration].filter(Boolean).join(' ') || '–');
    const names = [status.session, field.phase || status.phase].filter(Boolean).map(words);
    setText(phase, [...new Set(names)].join(' · '));
    left.set(clock(model.get('session_time_left')));
    const completed = model.get('laps_completed');
    laps.set(completed === 0 ? '0' : lapOf(completed, model.get('session_laps')));
    flag(model);
    return true;
  };
}
